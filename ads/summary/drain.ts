import { setTimeout as sleep } from 'node:timers/promises';

/** How long nothing may move before waiting is given up. */
const STILL_MS = 60_000;

/** Waits until `count` answers 0 and answers true; false if it has not moved for a minute, or the signal came. */
export async function drained(count: () => Promise<number>, signal: AbortSignal): Promise<boolean> {
  let last = -1;
  let movedAtMs = performance.now();
  while (!signal.aborted) {
    const now = await count();
    if (now === 0) return true;
    if (now !== last) movedAtMs = performance.now();
    if (performance.now() - movedAtMs > STILL_MS) return false;
    last = now;
    await sleep(100);
  }
  return false;
}
