import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds` answers true; errors count as no. Rejects after `patienceMs`. */
export async function until(what: string, holds: () => Promise<boolean>, patienceMs: number): Promise<void> {
  await untilNothing(async () => ((await holds().catch(() => false)) ? undefined : what), patienceMs);
}

/** The passing of time. */
export interface Time {
  readonly nowMs: () => number;
  readonly pause: (pauseMs: number) => Promise<unknown>;
}

const REAL_TIME: Time = { nowMs: () => performance.now(), pause: (pauseMs) => sleep(pauseMs) };

/**
 * Waits until `left` answers undefined: until then it says what there is still to wait for. Rejects when for
 * `patienceMs` it has said nothing that it had not said before: a slow machine takes its time, and what hangs does not move.
 */
export async function untilNothing(
  left: () => Promise<string | undefined>,
  patienceMs: number,
  { nowMs, pause }: Time = REAL_TIME,
): Promise<void> {
  const seen = new Set<string>();
  for (let deadlineMs = nowMs() + patienceMs; ;) {
    const said = await left().catch((error: unknown) => String(error));
    if (said === undefined) return;
    if (!seen.has(said)) {
      seen.add(said);
      deadlineMs = nowMs() + patienceMs;
    }
    if (nowMs() > deadlineMs) throw new Error(`Nothing has moved for ${patienceMs / 1000} s: ${said}.`);
    await pause(50);
  }
}
