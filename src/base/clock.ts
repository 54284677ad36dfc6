/** Takes a planned call back; harmless after it has run. */
export type Cancel = () => void;

/** The only source of time. Times are milliseconds since 1970 (`Ms`), durations milliseconds. */
export interface Clock {
  /** Milliseconds since 1970, possibly with a fraction; never goes back. */
  nowMs(): number;
  /** Calls `run` once, `delayMs` from now or a little later. Does not keep the process alive. */
  after(delayMs: number, run: () => void): Cancel;
}

/** The longest delay a Node timer takes; longer ones are chained. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Wall clock at construction plus monotonic time since: a step of the system clock moves nothing.
 * `floorMs` is the last durable time of the data directory; the clock starts no earlier.
 * With `keepsAlive` the process does not end while a call is planned.
 */
export class SystemClock implements Clock {
  readonly #originMs: number;

  readonly #keepsAlive: boolean;

  constructor(floorMs = 0, keepsAlive = false) {
    this.#keepsAlive = keepsAlive;
    this.#originMs = Math.max(Date.now(), floorMs) - performance.now();
  }

  nowMs(): number {
    return this.#originMs + performance.now();
  }

  after(delayMs: number, run: () => void): Cancel {
    const dueMs = this.nowMs() + delayMs;
    const plan = (leftMs: number): NodeJS.Timeout => {
      const timer = setTimeout(tick, Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS));
      return this.#keepsAlive ? timer : timer.unref();
    };
    const tick = (): void => {
      const leftMs = dueMs - this.nowMs();
      if (leftMs <= 0) run();
      else timer = plan(Math.max(leftMs, 1));
    };
    let timer = plan(delayMs);
    return () => clearTimeout(timer);
  }
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    function stop(): void {
      cancel();
      reject(signal?.reason as Error);
    }
    signal?.addEventListener('abort', stop, { once: true });
  });
}
