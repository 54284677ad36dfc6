import type { Cancel, Clock } from '../base/clock.ts';

/** What a watch looks at, and what it does. */
export interface MemoryWatchParts {
  readonly clock: Clock;
  readonly limitBytes: number;
  /** What is used now, in bytes. */
  readonly usedBytes: () => Promise<number>;
  /** More than the limit is used. */
  readonly onExceeded: () => void;
}

const INTERVAL_MS = 500;

/** Watches how much memory is used where no limit of the kernel's says quite the same: late by up to half a second. */
export class MemoryWatch implements Disposable {
  readonly #parts: MemoryWatchParts;
  #cancel: Cancel = () => undefined;
  #isResting = false;
  /** While nothing of a function runs there is nothing to look for. */
  isPaused = false;
  /** True once more than the limit was seen. */
  exceeded = false;
  /** The most that was seen. */
  peakBytes = 0;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
    this.#plan();
  }

  /** Looks from now on, for the first time after a whole interval. */
  begin(): void {
    this.rest();
    this.#isResting = false;
    this.#plan();
  }

  /** Looks no more until it is to begin again. */
  rest(): void {
    this.#isResting = true;
    this.#cancel();
  }

  /** What is used now, in bytes. */
  async usedBytes(): Promise<number> {
    const usedBytes = await this.#parts.usedBytes();
    this.peakBytes = Math.max(this.peakBytes, usedBytes);
    return usedBytes;
  }

  [Symbol.dispose](): void {
    this.rest();
  }

  #plan(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.isPaused) return this.#plan();
    const usedBytes = await this.usedBytes();
    if (this.#isResting) return;
    this.exceeded = usedBytes > this.#parts.limitBytes;
    if (this.exceeded) this.#parts.onExceeded();
    else this.#plan();
  }
}
