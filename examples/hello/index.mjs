/** Greets whoever each message of the queue names; called directly, it greets the name in the event. */
export async function handler(event) {
  const greetings = (event.Records ?? [{ body: JSON.stringify(event) }]).map((record) => {
    const { name = 'world' } = JSON.parse(record.body);
    return `Hello, ${name}!`;
  });
  for (const greeting of greetings) console.log(greeting);
  return event.Records ? undefined : { greeting: greetings[0] };
}
