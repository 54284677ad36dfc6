import type { Cancel, Clock } from '../../base/clock.ts';
import type { TelemetryEvent } from './event.ts';
import { recordsOf } from './records.ts';
import type { Subscription } from './subscription.ts';
import { WaitingRecords, type Batch } from './waiting-records.ts';

/** Delivers batches to one listener, one at a time. */
export interface Delivery {
  /** Resolves with whether the listener has taken it; never rejects, and may never resolve. */
  send(batch: Batch): Promise<boolean>;
  /** Gives up what is under way, whether or not that resolves; the next is sent afresh. */
  abort(): void;
}

/** How long a listener may take for one batch, while its environment runs. */
const DELIVERY_LIMIT_MS = 5000;

/** One extension's subscription: what waits for it, and when it is delivered. Nobody else waits for that. */
export class Subscriber {
  readonly #subscription: Subscription;
  readonly #delivery: Delivery;
  readonly #clock: Clock;
  readonly #waiting: WaitingRecords;
  #cancelTimer: Cancel | undefined;
  #cancelLimit: Cancel | undefined;
  #giveUp: () => void = () => undefined;
  #isSending = false;
  #isPaused = false;
  #isHurried = false;
  #isClosed = false;

  constructor(subscription: Subscription, delivery: Delivery, clock: Clock) {
    this.#subscription = subscription;
    this.#delivery = delivery;
    this.#clock = clock;
    this.#waiting = new WaitingRecords(subscription.buffering);
  }

  /** Takes what has happened, if it was asked for. */
  tell(event: TelemetryEvent): void {
    if (this.#isClosed) return;
    for (const record of recordsOf(event, this.#subscription)) this.#waiting.add(record);
    this.#plan();
  }

  /** Nothing is sent until {@link resume}: what is under way is given the time that passes. */
  pause(): void {
    this.#isPaused = true;
    this.#cancelLimit?.();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#isSending) this.#limitSending();
    this.#plan();
  }

  /** From now on nothing waits for company. */
  hurry(): void {
    this.#isHurried = true;
    this.#plan();
  }

  /** Sends nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelLimit?.();
    this.#delivery.abort();
  }

  #plan(): void {
    if (this.#isPaused || this.#isSending || this.#isClosed || this.#waiting.isEmpty) return;
    if (this.#waiting.isDue || this.#isHurried) return this.#send();
    this.#cancelTimer ??= this.#clock.after(this.#subscription.buffering.timeoutMs, () => {
      this.#cancelTimer = undefined;
      if (!this.#isPaused && !this.#isSending) this.#send();
    });
  }

  #send(): void {
    const batch = this.#waiting.take();
    if (batch === undefined || this.#isClosed) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#isSending = true;
    const givenUp = Promise.withResolvers<boolean>();
    this.#giveUp = () => givenUp.resolve(false);
    this.#limitSending();
    void Promise.race([this.#delivery.send(batch), givenUp.promise]).then((isTaken) => {
      this.#isSending = false;
      this.#cancelLimit?.();
      if (!isTaken) this.#waiting.drop({ records: batch.records.length, sizeBytes: batch.sizeBytes });
      else this.#tellDropped();
      this.#plan();
    });
  }

  #limitSending(): void {
    this.#cancelLimit = this.#clock.after(DELIVERY_LIMIT_MS, () => {
      this.#delivery.abort();
      this.#giveUp();
    });
  }

  /** A listener that takes batches again learns what it has missed. */
  #tellDropped(): void {
    const dropped = this.#waiting.takeDropped();
    if (dropped !== undefined) this.tell({ kind: 'dropped', atMs: this.#clock.nowMs(), ...dropped });
  }
}
