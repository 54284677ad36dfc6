/*
 * Counts the letters of texts. One of them is poison: it ends the process in which it is read, and with it the batch.
 *
 *   millrace deploy examples/poison --queue texts --dead-letters texts-dead --tries 2 --retry-after 1
 *   for text in one two poison three; do millrace send texts "$text"; done
 *   millrace logs poison          # one: 3 letters …
 *   millrace peek texts-dead      # poison, with ErrorType, ErrorMessage, ExitReason and EnvironmentId
 *
 * The batch is divided until the poison stands alone. The others are counted; it is tried twice, and then set aside.
 */
export async function handler({ Records }) {
  for (const { body } of Records) {
    if (body === 'poison') process.kill(process.pid, 'SIGKILL');
    console.log(`${body}: ${body.length} letters`);
  }
}
