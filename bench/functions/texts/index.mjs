/** Reads texts; one of them is poison, and ends the process in which it is read. */
export async function handler({ Records }) {
  for (const { body } of Records) if (body === 'poison') process.kill(process.pid, 'SIGKILL');
  return {};
}
