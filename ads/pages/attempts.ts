/** How many failed attempts within a time are borne. */
export interface AttemptLimit {
  readonly most: number;
  readonly windowMs: number;
}

/** Ten for one address of a user in a quarter of an hour. */
export const ATTEMPTS: AttemptLimit = { most: 10, windowMs: 900_000 };
/** So many names are remembered; beyond that the oldest are forgotten. */
const MOST_NAMES = 10_000;

/** Counts attempts by name, so that nobody can try passwords without end. Kept in memory alone. */
export class Attempts {
  readonly #limit: AttemptLimit;
  readonly #counts = new Map<string, { count: number; readonly untilMs: number }>();

  constructor(limit: AttemptLimit = ATTEMPTS) {
    this.#limit = limit;
  }

  /** Counts one more; answers how long to wait (ms) when there were too many already, else 0. */
  take(name: string, nowMs: number): number {
    const known = this.#counts.get(name);
    if (known === undefined || known.untilMs <= nowMs) {
      this.#counts.delete(name);
      this.#counts.set(name, { count: 1, untilMs: nowMs + this.#limit.windowMs });
      this.#forgetOldest();
      return 0;
    }
    if (known.count >= this.#limit.most) return known.untilMs - nowMs;
    known.count += 1;
    return 0;
  }

  /** The attempt was a good one: those before it are forgotten. */
  clear(name: string): void {
    this.#counts.delete(name);
  }

  #forgetOldest(): void {
    if (this.#counts.size <= MOST_NAMES) return;
    for (const name of this.#counts.keys()) {
      this.#counts.delete(name);
      return;
    }
  }
}
