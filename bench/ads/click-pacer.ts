import { parentPort } from 'node:worker_threads';

/** When clicks are to be sent. */
export interface Pace {
  /** Of the first click, by `monotonicMs`. */
  readonly startMs: number;
  readonly perSecond: number;
  readonly count: number;
}

/** Milliseconds of a clock that all threads of a process share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Clicks that come closer together than this are told of together. */
const LEAST_PAUSE_MS = 0.5;

/**
 * A thread of its own gets one Pace, sleeps until the next click is due, and tells how many are. Timers of the program
 * that sends and receives are late by a millisecond or two, which would count as the server's.
 */
function keep({ startMs, perSecond, count }: Pace, tell: (due: number) => void): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const timeOf = (click: number): number => startMs + (click * 1000) / perSecond;
  let due = 0;
  let toldMs = 0;
  while (due < count) {
    const pauseMs = Math.max(timeOf(due), toldMs + LEAST_PAUSE_MS) - monotonicMs();
    if (pauseMs > 0) Atomics.wait(never, 0, 0, pauseMs);
    toldMs = monotonicMs();
    while (due < count && timeOf(due) <= toldMs) due += 1;
    tell(due);
  }
}

if (parentPort !== null) {
  const port = parentPort;
  port.once('message', (pace: Pace) => keep(pace, (due) => port.postMessage(due)));
}
