import { assert } from '../base/assert.ts';
import { KEY_NUMBERS, type DeduplicationKey } from '../message/deduplication.ts';
import { REMEMBERED_MS, REMEMBERED_NUMBERS, type RememberedSends } from '../store/change.ts';
import { KeyIndex, LAST_POSITION } from './key-index.ts';
import { SendRecords } from './send-records.ts';

/** Records forgotten for each message that is sent: the cost of a rush is spread. */
const FORGOTTEN_WITH_ONE = 64;

/** Records forgotten with one tick. */
const FORGOTTEN_WITH_TICK = 5000;

/** How long what is due may stay in memory on a queue to which nobody sends. */
const IDLE_MS = 10_000;

/** Positions in the index go around after this. At 200,000 sends a second fewer are remembered. */
const POSITIONS = LAST_POSITION;

/**
 * What a FIFO queue accepted in the last five minutes, by deduplication key: one record for each place, one after the other,
 * ten bytes and some nine in the index. A record tells the place by where it stands.
 */
export class Remembered {
  readonly #records: SendRecords;
  /** Places before this were accepted before the platform started, and may have been remembered in the store. */
  readonly #restoredThrough: number;
  #isLoaded: boolean;
  readonly #index: KeyIndex;

  constructor(nextOrder: number) {
    this.#records = new SendRecords(nextOrder);
    this.#restoredThrough = nextOrder;
    this.#isLoaded = nextOrder === 1;
    this.#index = new KeyIndex({
      high: (position) => this.#records.high(this.#orderOf(position)),
      low: (position) => this.#records.low(this.#orderOf(position)),
    });
  }

  /** False until everything that the store remembers has come: no send may be accepted before. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** How many places are remembered. */
  get size(): number {
    return this.#records.size;
  }

  /** Where to go on loading. */
  get loadFromOrder(): number {
    return this.size === 0 ? 0 : this.#records.end;
  }

  /** When a tick should forget something; Infinity when nothing is remembered. */
  get wakeAtMs(): number {
    if (this.size === 0 || !this.#isLoaded) return Infinity;
    return this.#records.atMs(this.#records.first) + REMEMBERED_MS + IDLE_MS;
  }

  /**
   * The place of the message that was accepted under this key in the last five minutes. When there is none, it remembers from now on
   * that the next place, `order`, is that of this key; undefined: of none.
   */
  findOrAdd(key: DeduplicationKey | undefined, order: number, nowMs: number): number | undefined {
    const before = key === undefined ? 0 : this.#at(key, 0);
    const original = before === 0 ? undefined : this.#orderOf(before);
    if (original !== undefined && this.#records.atMs(original) + REMEMBERED_MS > nowMs) return original;
    this.#append(key ?? NO_KEY, 0, { order, atMs: nowMs, before });
    return undefined;
  }

  /** Forgets some of what does not count any more, before so many messages are sent. */
  forgetFor(messages: number, nowMs: number): void {
    this.#forget(nowMs, messages * FORGOTTEN_WITH_ONE);
  }

  /** Takes in what the store remembers; `isLast`: that is all. */
  load(sends: readonly RememberedSends[], isLast: boolean): void {
    for (const { firstOrder, atMs, keys } of sends) {
      if (this.size === 0) {
        this.#restart(firstOrder);
        this.#index.reserve(this.#restoredThrough - firstOrder);
      }
      for (let at = 0; at < keys.length; at += REMEMBERED_NUMBERS) {
        const sentAtMs = atMs + (keys[at + KEY_NUMBERS] ?? 0);
        const order = firstOrder + at / REMEMBERED_NUMBERS;
        const before = keys[at] === 0 ? 0 : this.#at(keys, at);
        this.#append(keys, at, { order, atMs: sentAtMs, before });
      }
    }
    if (!isLast) return;
    if (this.size === 0) this.#restart(this.#restoredThrough);
    assert(this.#records.end === this.#restoredThrough, 'the store remembers the latest sends');
    this.#isLoaded = true;
  }

  /** Forgets some of what does not count any more. */
  tick(nowMs: number): void {
    if (this.#isLoaded) this.#forget(nowMs - IDLE_MS, FORGOTTEN_WITH_TICK);
  }

  /** `before`: an earlier record of this key, which does not count any more and is not found again; 0 for none. */
  #append(keys: Uint32Array, at: number, { order, atMs, before }: Appended): void {
    const high = keys[at] ?? 0;
    const low = keys[at + 1] ?? 0;
    assert(this.size < POSITIONS, 'no position stands for two places');
    this.#records.add(order, keys, at, atMs);
    if (before !== 0) this.#index.remove(high, low, before);
    if (high !== 0) this.#index.add(high, low, this.#positionOf(order));
  }

  #at(keys: Uint32Array, at: number): number {
    return this.#index.find(keys[at] ?? 0, keys[at + 1] ?? 0, (position) =>
      this.#records.is(this.#orderOf(position), keys, at),
    );
  }

  #forget(nowMs: number, most: number): void {
    const records = this.#records;
    for (let done = 0; done < most && this.size > 0; done += 1) {
      const { first } = records;
      if (records.atMs(first) + REMEMBERED_MS > nowMs) return;
      const high = records.high(first);
      if (high !== 0) this.#index.remove(high, records.low(first), this.#positionOf(first));
      records.dropFirst();
    }
    if (this.size === 0) this.#restart(records.end);
  }

  #restart(order: number): void {
    this.#records.restart(order);
    this.#index.clear();
  }

  #positionOf(order: number): number {
    return (order % POSITIONS) + 1;
  }

  /** The remembered place that a position stands for. */
  #orderOf(position: number): number {
    const { first } = this.#records;
    const ahead = position - 1 - (first % POSITIONS);
    return first + (ahead < 0 ? ahead + POSITIONS : ahead);
  }
}

/** What is remembered beside the key. */
interface Appended {
  readonly order: number;
  readonly atMs: number;
  readonly before: number;
}

const NO_KEY = new Uint32Array(KEY_NUMBERS);
