import type { Cancel, Clock } from '../base/clock.ts';

/** A start that is still loading after this time makes place for the next one; it may be waiting for something. */
const SLOW_START_MS = 300;

/** How many environments may be starting at a time. */
export class StartSlots {
  readonly #clock: Clock;
  readonly #limit: number;
  #inUse = 0;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  get areFull(): boolean {
    return this.#inUse >= this.#limit;
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
      onFree();
    };
    const cancel: Cancel = this.#clock.after(SLOW_START_MS, release);
    return release;
  }
}
