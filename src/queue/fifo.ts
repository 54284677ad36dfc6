import { FifoIdentity } from '../message/fifo-identity.ts';
import { REMEMBERED_MS, REMEMBERED_SPAN_MS, type RememberedSends } from '../store/change.ts';
import { Attempts } from './attempts.ts';
import type { Wants } from './command.ts';
import { Lanes } from './lanes.ts';
import { Remembered } from './remembered.ts';

/** What the law of a FIFO queue has besides that of a standard one. */
export class Fifo {
  readonly identity: FifoIdentity;
  readonly lanes = new Lanes();
  readonly remembered: Remembered;
  readonly attempts = new Attempts();
  /** What the store remembers of its sends has been asked for and has not come. */
  #isLoading = false;
  /** What was accepted before is not loaded: one time for all parts, so that none is missing between them. */
  #loadSinceMs: number | undefined;

  constructor(idSeed: string, nextOrder: number) {
    this.identity = new FifoIdentity(idSeed);
    this.remembered = new Remembered(nextOrder);
  }

  /** The next part of what the store remembers; undefined when nothing is to be asked. */
  load(nowMs: number): NonNullable<Wants['sends']> | undefined {
    if (this.remembered.isLoaded || this.#isLoading) return undefined;
    this.#isLoading = true;
    this.#loadSinceMs ??= nowMs - REMEMBERED_MS - REMEMBERED_SPAN_MS;
    return { fromOrder: this.remembered.loadFromOrder, sinceMs: this.#loadSinceMs };
  }

  /** A part of what the store remembers has come. */
  loaded(sends: readonly RememberedSends[], isLast: boolean): void {
    this.#isLoading = false;
    this.remembered.load(sends, isLast);
  }

  /** True when something of this lane may rest in the store alone, provided that anything rests. */
  restsBefore(key: number): boolean {
    const lane = this.lanes.get(key);
    if (this.lanes.sweep.isBehind) return true;
    return lane !== undefined && (lane.stretch !== undefined || this.lanes.isBehindSweep(lane));
  }

  /** Nothing of this lane rests. */
  nothingRestsOf(key: number): void {
    const lane = this.lanes.get(key);
    if (lane === undefined || lane.restsFrom === Infinity) return;
    lane.restsFrom = Infinity;
    this.lanes.refresh(lane);
  }
}
