import type { Environment } from './environment.ts';

/** What an environment is taken to use before anybody has looked at any. */
const FIRST_GUESS_BYTES = 16_777_216;

/** What there is beside the environment that is wanted. */
export interface Occupied {
  readonly running: readonly Environment[];
  readonly startingCount: number;
  /** Used by something else. */
  readonly otherBytes?: number;
}

/** How much memory environments may really use together. Declared sizes do not count. */
export class Room {
  readonly #limitBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * What must happen before one more environment starts: nothing (`free`), ending one of `idle` (least recently used
   * first), or waiting until something ends. The first environment of all always has room.
   */
  check(
    occupied: Occupied,
    idle: readonly Environment[],
  ):
    | { readonly kind: 'free' }
    | { readonly kind: 'evict'; readonly victim: Environment }
    | { readonly kind: 'wait' } {
    const isFirst = occupied.running.length + occupied.startingCount === 0;
    if (isFirst || this.hasRoomFor(occupied, 1)) return { kind: 'free' };
    const [victim] = idle;
    return victim === undefined ? { kind: 'wait' } : { kind: 'evict', victim };
  }

  /** Whether one more fits into this share of the memory. */
  hasRoomFor(occupied: Occupied, share: number): boolean {
    const { usedBytes, eachBytes } = this.look(occupied);
    return usedBytes + eachBytes <= share * this.#limitBytes;
  }

  /** What is used, where those nobody has looked at are taken to be like the others; and what one more will use. */
  look({ running, startingCount, otherBytes = 0 }: Occupied): {
    readonly usedBytes: number;
    readonly eachBytes: number;
    readonly limitBytes: number;
  } {
    const looked = running.map(({ usedMemoryBytes }) => usedMemoryBytes).filter((bytes) => bytes > 0);
    const lookedBytes = looked.reduce((sum, bytes) => sum + bytes, 0);
    const eachBytes = looked.length === 0 ? FIRST_GUESS_BYTES : lookedBytes / looked.length;
    const unlooked = running.length + startingCount - looked.length;
    return {
      usedBytes: otherBytes + lookedBytes + unlooked * eachBytes,
      eachBytes,
      limitBytes: this.#limitBytes,
    };
  }
}
