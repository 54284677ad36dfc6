/** Starts within this time of each other count as one peak. */
const PEAK_MS = 10_000;

/** How many spare programs of one kind are worth keeping: as many as were lately needed at about the same time. */
export class SpareDemand {
  readonly #keepMs: number;
  /** Starts by the beginning of their peak, oldest first. */
  readonly #peaks: { readonly beganMs: number; count: number }[] = [];

  /** A peak counts for `keepMs`. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** An environment that a spare could have been was wanted. */
  note(nowMs: number): void {
    const last = this.#peaks.at(-1);
    if (last !== undefined && nowMs - last.beganMs < PEAK_MS) last.count += 1;
    else this.#peaks.push({ beganMs: nowMs, count: 1 });
  }

  /** Nothing counts that was before. */
  forget(): void {
    this.#peaks.length = 0;
  }

  /** The largest peak that still counts. */
  wanted(nowMs: number): number {
    while (this.#peaks[0] !== undefined && nowMs - this.#peaks[0].beganMs >= this.#keepMs) {
      this.#peaks.shift();
    }
    return Math.max(0, ...this.#peaks.map(({ count }) => count));
  }
}
