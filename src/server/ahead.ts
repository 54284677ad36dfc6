import { SystemClock } from '../base/clock.ts';
import { Spawner } from '../sandbox/spawner.ts';

/** What begins before the rooms are loaded, and is theirs then. */
export interface Ahead {
  /** For durations alone: it does not know the last durable time. */
  readonly clock: SystemClock;
  /** Its process takes as long to start as the rooms take to load. */
  readonly spawner: Spawner;
}

/** Begins what takes a while on its own. */
export function beginAhead(): Ahead {
  const clock = new SystemClock();
  const spawner = new Spawner(clock);
  spawner.wake();
  return { clock, spawner };
}
