import { assert } from '../base/assert.ts';
import { KEY_NUMBERS, type DeduplicationKey } from '../message/deduplication.ts';
import { REMEMBERED_MS, REMEMBERED_NUMBERS, type RememberedSends } from '../store/change.ts';
import { KeyIndex } from './key-index.ts';

/** Records of one chunk: small, so that a quiet queue holds little. */
const CHUNK_RECORDS = 512;

/** Records forgotten with one send beyond those that are due for it: the cost of a rush is spread. */
const FORGOTTEN_AT_ONCE = 64;

/** Records forgotten with one tick. */
const FORGOTTEN_WITH_TICK = 5000;

/** How long what is due may stay in memory on a queue to which nobody sends. */
const IDLE_MS = 10_000;

/** Positions in the index go around before this. */
const POSITIONS = 2 ** 32 - 1;

interface Chunk {
  readonly startedAtMs: number;
  /** Four numbers for each record: its key, and the milliseconds since the chunk was started. */
  readonly numbers: Uint32Array;
}

/**
 * What a FIFO queue accepted in the last five minutes, by deduplication key: one record for each place, one after the other,
 * 16 bytes and some seven in the index. A record tells the place by where it stands.
 */
export class Remembered {
  /** The first place that has a record. */
  #first: number;
  /** The place behind the last that has one. */
  #end: number;
  /** Places before this were accepted before the platform started, and may have been remembered in the store. */
  readonly #restoredThrough: number;
  #isLoaded: boolean;
  /** Place of the first record of the first chunk. */
  #chunksFrom: number;
  #chunks: Chunk[] = [];
  readonly #index: KeyIndex;

  constructor(nextOrder: number) {
    this.#first = nextOrder;
    this.#end = nextOrder;
    this.#chunksFrom = nextOrder;
    this.#restoredThrough = nextOrder;
    this.#isLoaded = nextOrder === 1;
    this.#index = new KeyIndex({
      high: (position) => this.#number(this.#orderOf(position), 0),
      low: (position) => this.#number(this.#orderOf(position), 1),
    });
  }

  /** False until everything that the store remembers has come: no send may be accepted before. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** How many places are remembered. */
  get size(): number {
    return this.#end - this.#first;
  }

  /** Where to go on loading. */
  get loadFromOrder(): number {
    return this.size === 0 ? 0 : this.#end;
  }

  /** When a tick should forget something; Infinity when nothing is remembered. */
  get wakeAtMs(): number {
    return this.size === 0 || !this.#isLoaded ? Infinity : this.#atMs(this.#first) + REMEMBERED_MS + IDLE_MS;
  }

  /** The place of the message that was accepted under this key in the last five minutes. */
  find(key: DeduplicationKey, nowMs: number): number | undefined {
    const [high = 0, low = 0, last = 0] = key;
    const position = this.#at(high, low, last);
    if (position === 0) return undefined;
    const order = this.#orderOf(position);
    return this.#atMs(order) + REMEMBERED_MS > nowMs ? order : undefined;
  }

  /** Remembers what is accepted at the next place; undefined: without a key. */
  add(key: DeduplicationKey | undefined, order: number, atMs: number): void {
    this.#forget(atMs, FORGOTTEN_AT_ONCE);
    this.#append(key ?? NO_KEY, 0, order, atMs);
  }

  /** Takes in what the store remembers; `isLast`: that is all. */
  load(sends: readonly RememberedSends[], isLast: boolean): void {
    for (const { firstOrder, atMs, keys } of sends) {
      if (this.size === 0) this.#restart(firstOrder);
      for (let at = 0; at < keys.length; at += REMEMBERED_NUMBERS) {
        const sentAtMs = atMs + (keys[at + KEY_NUMBERS] ?? 0);
        this.#append(keys, at, firstOrder + at / REMEMBERED_NUMBERS, sentAtMs);
      }
    }
    if (!isLast) return;
    if (this.size === 0) this.#restart(this.#restoredThrough);
    assert(this.#end === this.#restoredThrough, 'the store remembers the latest sends');
    this.#isLoaded = true;
  }

  /** Forgets some of what does not count any more. */
  tick(nowMs: number): void {
    if (this.#isLoaded) this.#forget(nowMs - IDLE_MS, FORGOTTEN_WITH_TICK);
  }

  #append(keys: Uint32Array, at: number, order: number, atMs: number): void {
    assert(order === this.#end, 'places are remembered one after the other');
    const place = (order - this.#chunksFrom) % CHUNK_RECORDS;
    if (place === 0) this.#chunks.push({ startedAtMs: atMs, numbers: new Uint32Array(CHUNK_RECORDS * 4) });
    const chunk = this.#chunks.at(-1);
    assert(chunk !== undefined, 'there is a chunk for the next place');
    const start = place * REMEMBERED_NUMBERS;
    for (let each = 0; each < KEY_NUMBERS; each += 1) chunk.numbers[start + each] = keys[at + each] ?? 0;
    chunk.numbers[start + KEY_NUMBERS] = Math.max(0, atMs - chunk.startedAtMs);
    this.#end = order + 1;
    const high = chunk.numbers[start] ?? 0;
    if (high === 0) return;
    const low = chunk.numbers[start + 1] ?? 0;
    // An earlier record of this key, which does not count any more, is not found again.
    const before = this.#at(high, low, chunk.numbers[start + 2] ?? 0);
    if (before !== 0) this.#index.remove(high, low, before);
    this.#index.add(high, low, this.#positionOf(order));
  }

  #at(high: number, low: number, last: number): number {
    return this.#index.find(high, low, (position) => {
      const order = this.#orderOf(position);
      const isIt = this.#number(order, 0) === high && this.#number(order, 1) === low;
      return isIt && this.#number(order, 2) === last;
    });
  }

  #forget(nowMs: number, most: number): void {
    for (let done = 0; done < most && this.size > 0; done += 1) {
      if (this.#atMs(this.#first) + REMEMBERED_MS > nowMs) return;
      const [high, low] = [this.#number(this.#first, 0), this.#number(this.#first, 1)];
      if (high !== 0) this.#index.remove(high, low, this.#positionOf(this.#first));
      this.#first += 1;
      if (this.#first - this.#chunksFrom < CHUNK_RECORDS) continue;
      this.#chunks.shift();
      this.#chunksFrom += CHUNK_RECORDS;
    }
    if (this.size === 0) this.#restart(this.#end);
  }

  #restart(order: number): void {
    this.#first = order;
    this.#end = order;
    this.#chunksFrom = order;
    this.#chunks = [];
    this.#index.clear();
  }

  #number(order: number, which: number): number {
    const at = order - this.#chunksFrom;
    const chunk = this.#chunks[Math.floor(at / CHUNK_RECORDS)];
    return chunk?.numbers[(at % CHUNK_RECORDS) * REMEMBERED_NUMBERS + which] ?? 0;
  }

  #atMs(order: number): number {
    const at = Math.floor((order - this.#chunksFrom) / CHUNK_RECORDS);
    return (this.#chunks[at]?.startedAtMs ?? 0) + this.#number(order, KEY_NUMBERS);
  }

  #positionOf(order: number): number {
    return (order % POSITIONS) + 1;
  }

  /** The remembered place that a position stands for. */
  #orderOf(position: number): number {
    const ahead = position - 1 - (this.#first % POSITIONS);
    return this.#first + (ahead < 0 ? ahead + POSITIONS : ahead);
  }
}

const NO_KEY = new Uint32Array(KEY_NUMBERS);
