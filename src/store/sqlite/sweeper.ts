import type { Cancel, Clock } from '../../base/clock.ts';
import type { Slots } from './slots.ts';
import type { StepOutcome } from './transaction.ts';

/** How long the writer must have been idle before it sweeps on its own. */
const IDLE_MS = 20;

/** Rows per step when nobody waits. */
const IDLE_ROWS = 1000;

/** Rows that a group under way takes along: little enough not to be noticed in it. */
const ROWS_WITH_GROUP = 50;

/** What a {@link Sweeper} needs. */
export interface SweeperOptions {
  readonly clock: Clock;
  readonly slots: Slots;
  /** Runs a step as a transaction. */
  readonly run: (step: () => void) => StepOutcome;
}

/** Gives back the space of purged and deleted queues: a little with each group, and in larger steps when nothing else is to do. */
export class Sweeper {
  readonly #options: SweeperOptions;
  #cancel: Cancel | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** To be called inside the transaction of each group. */
  sweepWithGroup(): void {
    if (this.#options.slots.mayHaveUnswept) this.#options.slots.sweep(ROWS_WITH_GROUP);
  }

  /** To be called after each answer: the time of idleness begins again. */
  afterAnswer(): void {
    this.#cancel?.();
    if (this.#options.slots.mayHaveUnswept) {
      this.#cancel = this.#options.clock.after(IDLE_MS, () => this.#sweepIdle());
    }
  }

  /** Nothing is swept from now on: the database is about to be closed. */
  stop(): void {
    this.#cancel?.();
  }

  /** A full disk ends it until the next answer. */
  #sweepIdle(): void {
    const { slots, run, clock } = this.#options;
    const outcome = run(() => slots.sweep(IDLE_ROWS));
    if (outcome === 'durable' && slots.mayHaveUnswept) this.#cancel = clock.after(0, () => this.#sweepIdle());
  }
}
