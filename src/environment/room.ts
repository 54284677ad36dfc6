import type { Environment } from './environment.ts';

/** What an environment is taken to use before anybody has looked. */
const UNKNOWN_BYTES = 33_554_432;

/** How much memory environments may really use together. Declared sizes do not count. */
export class Room {
  readonly #limitBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * What must happen before one more environment starts beside `running` ones and `startingCount` starting ones:
   * nothing (`free`), ending one of `idle` (least recently used first), or waiting until something ends.
   * The first environment of all always has room.
   */
  check(
    running: Iterable<Environment>,
    startingCount: number,
    idle: readonly Environment[],
  ):
    | { readonly kind: 'free' }
    | { readonly kind: 'evict'; readonly victim: Environment }
    | { readonly kind: 'wait' } {
    let usedBytes = (startingCount + 1) * UNKNOWN_BYTES;
    let count = startingCount;
    for (const environment of running) {
      usedBytes += environment.usedMemoryBytes || UNKNOWN_BYTES;
      count += 1;
    }
    if (usedBytes <= this.#limitBytes || count === 0) return { kind: 'free' };
    const [victim] = idle;
    return victim === undefined ? { kind: 'wait' } : { kind: 'evict', victim };
  }
}
