import { present } from '../base/assert.ts';
import type { Moment, Reading } from './command.ts';
import type { Touched } from './touched.ts';

/** Messages on their way to the disk, which a look at it does not show yet. */
interface OnTheirWay {
  readonly group: number;
  oldestSentAtMs: number;
}

/** How long others have the disk to themselves after some messages were forgotten, if more are not added meanwhile: at least … */
const REST_MS = 10;

/** … and so many times as long as the look at the oldest took, for a machine that is busy or slow, but not for long. */
const REST_TIMES = 4;
const MOST_REST_MS = 200;

/** When the oldest messages are looked for in the store, to be forgotten. */
export class Ageing {
  /** No message was sent before this time, but for those that are being looked for. */
  oldestSentAtMs = Infinity;
  /** Whether anything rested when the oldest were asked for: else what they bring unknown may be gone already. */
  coversResting = false;
  /** They are not looked for before this time: what was forgotten last could not be written down. */
  restsUntilMs = -Infinity;
  /** How many messages the queue held when some were forgotten last. */
  #leftCount = Infinity;
  #reading: Reading | undefined;
  #askedAtMs = 0;
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
    this.#askedAtMs = moment.nowMs;
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

  /** Of many that are too old some were forgotten, and so many messages are left: a pause, unless more have come since than went. */
  forgot(leftCount: number, { nowMs }: Moment): void {
    if (leftCount < this.#leftCount) {
      const tookMs = nowMs - this.#askedAtMs;
      this.#restUntil(nowMs + Math.min(REST_MS + REST_TIMES * tookMs, MOST_REST_MS));
    }
    this.#leftCount = leftCount;
  }

  #restUntil(atMs: number): void {
    this.restsUntilMs = Math.max(this.restsUntilMs, atMs);
  }

  #landed({ durableGroup }: Moment): void {
    this.#onTheirWay = this.#onTheirWay.filter(({ group }) => group > durableGroup);
  }
}
