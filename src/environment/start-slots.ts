import type { Cancel, Clock } from '../base/clock.ts';

/** A start that is still loading after this time makes place for the next one; it may be waiting for something. */
const SLOW_START_MS = 300;

/** How many may be starting at a time. */
export interface SlotLimits {
  readonly most: number;
  /** Until the first of many is over. */
  readonly atFirst: number;
  /** How long the others then still wait, so that its first invocation is not held up by their starts. */
  readonly headStartMs: number;
}

/**
 * How many environments may be starting at a time. When none is being started, the first to come have the processors
 * to themselves: few may start until one of them is over. So of many who ask at once the first is answered soon.
 */
export class StartSlots {
  readonly #clock: Clock;
  readonly #limits: SlotLimits;
  #inUse = 0;
  #isUnderWay = false;

  constructor(clock: Clock, limits: SlotLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get areFull(): boolean {
    return this.#inUse >= (this.#isUnderWay ? this.#limits.most : this.#limits.atFirst);
  }

  /** How many of them are taken. */
  get inUse(): number {
    return this.#inUse;
  }

  get areUnused(): boolean {
    return this.#inUse === 0;
  }

  /**
   * One of them, given back when the start is over or turns out to be a slow one; `onFree` is called either time. Who gives it back
   * says whether somebody was served while others still wait for starts.
   */
  take(onFree: () => void): (isServedFirst: boolean) => void {
    this.#inUse += 1;
    let isHeld = true;
    const free = (): void => {
      cancel();
      if (isHeld) this.#inUse -= 1;
      isHeld = false;
      this.#isUnderWay = true;
      onFree();
      if (this.areUnused) this.#isUnderWay = false;
    };
    let cancel: Cancel = this.#clock.after(SLOW_START_MS, free);
    return (isServedFirst) => {
      const { headStartMs } = this.#limits;
      if (this.#isUnderWay || !isServedFirst || headStartMs === 0) return free();
      cancel();
      cancel = this.#clock.after(headStartMs, free);
    };
  }
}
