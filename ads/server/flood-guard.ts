/** How many requests one address may make within a time; undefined: as many as it likes. */
export interface FloodLimit {
  readonly most: number;
  readonly windowMs: number;
}

/** Also the people behind one address of a large provider stay far below this. */
export const FLOOD_LIMIT: FloodLimit = { most: 200, windowMs: 10_000 };

/** More addresses are not told apart within one window: memory has a bound. */
const ADDRESS_LIMIT = 100_000;

/** Counts requests by address, in memory alone, under the hash of the day; forgets all at the end of each window. */
export class FloodGuard {
  readonly #limit: FloodLimit | undefined;
  readonly #counts = new Map<string, number>();
  #windowEndsMs = 0;

  constructor(limit: FloodLimit | undefined) {
    this.#limit = limit;
  }

  /** Counts one request; true when the address has made too many. An empty hash stands for nobody in particular. */
  isFlood(addressHash: string, nowMs: number): boolean {
    if (this.#limit === undefined || addressHash === '') return false;
    if (nowMs >= this.#windowEndsMs || nowMs < this.#windowEndsMs - this.#limit.windowMs) {
      this.#counts.clear();
      this.#windowEndsMs = nowMs + this.#limit.windowMs;
    }
    const count = (this.#counts.get(addressHash) ?? 0) + 1;
    if (count > 1 || this.#counts.size < ADDRESS_LIMIT) this.#counts.set(addressHash, count);
    return count > this.#limit.most;
  }
}
