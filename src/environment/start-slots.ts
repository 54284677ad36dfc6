import type { Cancel, Clock } from '../base/clock.ts';

/** A start that is still loading after this time makes place for the next one; it may be waiting for something. */
const SLOW_START_MS = 300;

/**
 * How many environments may be starting at a time. When none is being started, the first ones to come have the processors
 * to themselves: half as many may start until one of them is over. So of many who ask at once the first is answered soon.
 */
export class StartSlots {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #firstLimit: number;
  #inUse = 0;
  #isUnderWay = false;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#firstLimit = Math.ceil(limit / 2);
  }

  get areFull(): boolean {
    return this.#inUse >= (this.#isUnderWay ? this.#limit : this.#firstLimit);
  }

  /** How many of them are taken. */
  get inUse(): number {
    return this.#inUse;
  }

  get areUnused(): boolean {
    return this.#inUse === 0;
  }

  /** One of them, given back when the start is over or turns out to be a slow one; `onFree` is called either time. */
  take(onFree: () => void): () => void {
    this.#inUse += 1;
    let isHeld = true;
    const release = (): void => {
      cancel();
      if (isHeld) this.#inUse -= 1;
      isHeld = false;
      this.#isUnderWay = true;
      onFree();
      if (this.areUnused) this.#isUnderWay = false;
    };
    const cancel: Cancel = this.#clock.after(SLOW_START_MS, release);
    return release;
  }
}
