import { setTimeout as sleep } from 'node:timers/promises';

/** Writes so many lines a second for so long. */
export async function handler({ linesPerSecond, seconds }) {
  const beganMs = performance.now();
  let written = 0;
  while (performance.now() - beganMs < seconds * 1000) {
    const due = ((performance.now() - beganMs) / 1000) * linesPerSecond;
    for (; written < due; written += 1)
      console.log(`line ${written} of a function that has much to say about nothing`);
    await sleep(10);
  }
  return written;
}
