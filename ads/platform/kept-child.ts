import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, type Child, type ChildOptions } from './child.ts';

/** What keeps a companion running. */
export interface KeepOptions extends ChildOptions {
  /** What people call it, such as "The consumer". */
  readonly name: string;
  /** Hears when it has ended, why, and when it is started again. */
  readonly say: (text: string) => void;
  /** Waits so many milliseconds, or until the signal; for tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A companion that is started again whenever it ends. */
export interface KeptChild {
  /** Of the one that runs now, or ran last. */
  readonly pid: number;
  /** Ends it for good. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Who ran as long as this is started again as if it were the first time. */
const SOUND_AFTER_MS = 60_000;

/**
 * Starts a companion process, and starts it again when it ends by itself: after half a second, then after twice as long
 * each time up to half a minute, and from the beginning once it ran for a minute.
 */
export function keepChild(options: KeepOptions): KeptChild {
  const stopping = new AbortController();
  let child = startChild(options);
  const next = (): Child => (child = startChild(options));
  const kept = keep(options, child, next, stopping.signal);
  return {
    get pid() {
      return child.pid;
    },
    stop: async () => {
      stopping.abort();
      await child.stop();
      await kept;
    },
  };
}

async function keep(
  { name, say, wait = pause }: KeepOptions,
  first: Child,
  next: () => Child,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let child = first; ; child = next()) {
    const startedAtMs = performance.now();
    const lastWords = await child.ended;
    if (signal.aborted) return;
    if (performance.now() - startedAtMs >= SOUND_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
    const why = lastWords === '' ? 'without a word' : `with: ${lastWords}`;
    say(`${name} has ended ${why}. It is started again in ${pauseMs / 1000} s.`);
    await wait(pauseMs, signal);
    if (signal.aborted) return;
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
