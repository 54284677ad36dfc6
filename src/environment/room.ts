import type { Environment } from './environment.ts';

/** What an environment is taken to use before anybody has looked at any. */
const FIRST_GUESS_BYTES = 16_777_216;

/** How much memory environments may really use together. Declared sizes do not count. */
export class Room {
  readonly #limitBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * What must happen before one more environment starts beside `running` ones, `startingCount` starting ones and
   * `otherBytes` used by something else:
   * nothing (`free`), ending one of `idle` (least recently used first), or waiting until something ends.
   * The first environment of all always has room.
   */
  check(
    running: Iterable<Environment>,
    startingCount: number,
    idle: readonly Environment[],
    otherBytes = 0,
  ):
    | { readonly kind: 'free' }
    | { readonly kind: 'evict'; readonly victim: Environment }
    | { readonly kind: 'wait' } {
    const used = [...running].map((environment) => environment.usedMemoryBytes);
    const looked = used.filter((bytes) => bytes > 0);
    const lookedBytes = looked.reduce((sum, bytes) => sum + bytes, 0);
    const guessBytes = looked.length === 0 ? FIRST_GUESS_BYTES : lookedBytes / looked.length;
    const count = used.length + startingCount;
    // Those nobody has looked at, and the new one, are taken to be like the others.
    const usedBytes = otherBytes + lookedBytes + (count - looked.length + 1) * guessBytes;
    if (usedBytes <= this.#limitBytes || count === 0) return { kind: 'free' };
    const [victim] = idle;
    return victim === undefined ? { kind: 'wait' } : { kind: 'evict', victim };
  }
}
