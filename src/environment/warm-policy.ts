/*
 * How many environments of a function are kept warm: as many as were lately busy at once, fewer the longer that is ago,
 * none after the time for which unused environments are kept. Pure: who asks says what time it is.
 */

/** How many environments of one function were busy at once, and until when. */
export class RecentPeaks {
  readonly #keepMs: number;
  /** The largest first; each later one is newer. */
  readonly #peaks: { readonly count: number; readonly untilMs: number }[] = [];

  /** A peak counts in full when it ends, and not at all `keepMs` later. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Until now `count` were busy. */
  note(count: number, nowMs: number): void {
    while ((this.#peaks.at(-1)?.count ?? Infinity) <= count) this.#peaks.pop();
    if (count > 0) this.#peaks.push({ count, untilMs: nowMs });
  }

  /** How many are worth keeping now; it falls to zero by itself. */
  wanted(nowMs: number): number {
    const leftMs = (untilMs: number): number => untilMs + this.#keepMs - nowMs;
    while (this.#peaks[0] !== undefined && leftMs(this.#peaks[0].untilMs) <= 0) this.#peaks.shift();
    const worth = this.#peaks.map(({ count, untilMs }) =>
      Math.ceil((count * leftMs(untilMs)) / this.#keepMs),
    );
    return Math.max(0, ...worth);
  }
}

/** What decides how many are started that nobody waits for. */
export interface WarmFacts {
  readonly wanted: number;
  /** Those that there are, busy, idle or on their way. */
  readonly there: number;
  /** Memory that all environments and programs started ahead really use. */
  readonly usedBytes: number;
  /** What one more is taken to use. */
  readonly eachBytes: number;
  /** What may be used before nothing more is started unasked. */
  readonly budgetBytes: number;
}

/** How many to start now. */
export function missingWarm({ wanted, there, usedBytes, eachBytes, budgetBytes }: WarmFacts): number {
  const affordable = Math.floor((budgetBytes - usedBytes) / Math.max(1, eachBytes));
  return Math.max(0, Math.min(wanted - there, affordable));
}
