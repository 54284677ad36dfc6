import { present } from '../base/assert.ts';
import type { Moment, Reading } from './command.ts';
import type { Touched } from './touched.ts';

/** Messages on their way to the disk, which a look at it does not show yet. */
interface OnTheirWay {
  readonly group: number;
  oldestSentAtMs: number;
}

/** When the oldest messages are looked for in the store, to be forgotten. */
export class Ageing {
  /** No message was sent before this time, but for those that are being looked for. */
  oldestSentAtMs = Infinity;
  /** Whether anything rested when the oldest were asked for: else what they bring unknown may be gone already. */
  coversResting = false;
  /** They are not looked for before this time: what was forgotten last could not be written down. */
  restsUntilMs = -Infinity;
  #reading: Reading | undefined;
  /** Asking again is of use only once this group is durable. */
  #afterGroup = 0;
  /** By groups that were not durable when something last joined. */
  #onTheirWay: OnTheirWay[] = [];

  get isOutstanding(): boolean {
    return this.#reading !== undefined;
  }

  /** The look at the oldest that was asked for. */
  get reading(): Reading {
    return present(this.#reading, 'the look at the oldest messages');
  }

  /** A message sent at this time is in the queue, on the disk. */
  joined(sentAtMs: number): void {
    this.oldestSentAtMs = Math.min(this.oldestSentAtMs, sentAtMs);
  }

  /** A message sent at this time has entered the queue, and is not on the disk yet. */
  entered(sentAtMs: number, moment: Moment): void {
    this.joined(sentAtMs);
    const latest = this.#onTheirWay.at(-1);
    if (latest?.group === moment.group) {
      latest.oldestSentAtMs = Math.min(latest.oldestSentAtMs, sentAtMs);
      return;
    }
    this.#landed(moment);
    this.#onTheirWay.push({ group: moment.group, oldestSentAtMs: sentAtMs });
  }

  /** True when what was forgotten before has left the disk. */
  mayAsk(moment: Moment): boolean {
    return !this.isOutstanding && moment.durableGroup >= this.#afterGroup;
  }

  /** The oldest messages are being asked for; those that the disk does not show yet, or that come, stay known. */
  ask(touched: Touched, coversResting: boolean, moment: Moment): void {
    this.#reading = touched.begin(moment);
    this.coversResting = coversResting;
    this.#landed(moment);
    this.oldestSentAtMs = this.#onTheirWay.reduce(
      (oldest, each) => Math.min(oldest, each.oldestSentAtMs),
      Infinity,
    );
    this.#afterGroup = this.#onTheirWay.at(-1)?.group ?? this.#afterGroup;
  }

  /** The oldest have come. `afterGroup`: the group with which they are gone. */
  arrived(touched: Touched, afterGroup: number, moment: Moment): void {
    touched.end(this.reading, moment);
    this.#reading = undefined;
    this.#afterGroup = Math.max(this.#afterGroup, afterGroup);
  }

  #landed({ durableGroup }: Moment): void {
    this.#onTheirWay = this.#onTheirWay.filter(({ group }) => group > durableGroup);
  }
}
