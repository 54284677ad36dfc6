/** Asks a service for each message, which may take as long as the message says; fails as AWS's clients do when that has too much to do. */
export async function handler({ Records }) {
  for (const { body } of Records) {
    const answer = await fetch(process.env.SERVICE, { method: 'POST', body });
    await answer.arrayBuffer();
    if (answer.status !== 429) continue;
    const error = new Error('Rate exceeded');
    error.name = 'ThrottlingException';
    throw error;
  }
  return {};
}
