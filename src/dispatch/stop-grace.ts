import { sleep, type Clock } from '../base/clock.ts';

/** How long a stopping platform waits for invocations that are still running. */
const STOP_GRACE_MS = 5000;

/**
 * Resolves when all `drains` have ended or the grace is over: what then still runs ends with its environment, and its
 * messages are offered again at the next start.
 */
export async function withinStopGrace(clock: Clock, drains: readonly Promise<void>[]): Promise<void> {
  const over = new AbortController();
  const grace = sleep(clock, STOP_GRACE_MS, over.signal).catch(() => undefined);
  await Promise.race([Promise.all(drains), grace]);
  over.abort();
}
