import { assert, present } from '../base/assert.ts';

/** Records of one chunk: large, so that little is lost between chunks. A queue's first chunk grows up to this. */
const CHUNK_RECORDS = 16_384;
const FIRST_RECORDS = 64;

/** A record: 8 bytes of the key in two numbers, and 2 bytes more. */
const RECORD_BYTES = 10;

/** Records of consecutive places. */
class Chunk {
  count = 0;
  readonly #firstOrder: number;
  #numbers: Uint32Array;
  #rests: Uint16Array;
  /** A time, and the first place that it holds for: it holds until the next one. */
  readonly #stampedAtMs: number[] = [];
  readonly #stampedFrom: number[] = [];

  constructor(firstOrder: number, capacity: number) {
    this.#firstOrder = firstOrder;
    [this.#numbers, this.#rests] = room(capacity);
  }

  get isFull(): boolean {
    return this.count === CHUNK_RECORDS;
  }

  add(high: number, low: number, rest: number, atMs: number): void {
    if (this.count === this.#rests.length) this.#grow();
    const place = this.count;
    this.#numbers[place * 2] = high;
    this.#numbers[place * 2 + 1] = low;
    this.#rests[place] = rest;
    if (this.#stampedAtMs.at(-1) !== atMs) {
      this.#stampedAtMs.push(atMs);
      this.#stampedFrom.push(this.#firstOrder + place);
    }
    this.count += 1;
  }

  high(place: number): number {
    return this.#numbers[place * 2] ?? 0;
  }

  low(place: number): number {
    return this.#numbers[place * 2 + 1] ?? 0;
  }

  rest(place: number): number {
    return this.#rests[place] ?? 0;
  }

  /** The time of the last stamp that is not behind this place. */
  atMs(order: number): number {
    const from = this.#stampedFrom;
    let [low, high] = [0, from.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((from[middle] ?? 0) <= order) low = middle;
      else high = middle - 1;
    }
    return this.#stampedAtMs[low] ?? 0;
  }

  #grow(): void {
    const [numbers, rests] = room(Math.min(this.#rests.length * 2, CHUNK_RECORDS));
    numbers.set(this.#numbers);
    rests.set(this.#rests);
    [this.#numbers, this.#rests] = [numbers, rests];
  }
}

function room(capacity: number): [Uint32Array, Uint16Array] {
  const bytes = new ArrayBuffer(capacity * RECORD_BYTES);
  return [new Uint32Array(bytes, 0, capacity * 2), new Uint16Array(bytes, capacity * 8)];
}

/**
 * What is remembered of sends at consecutive places: 80 bits of each key, and times for as many places as share one. About ten
 * bytes for each place. A key of which the first number is zero is none.
 */
export class SendRecords {
  /** The first place that has a record. */
  first: number;
  /** The place behind the last that has one. */
  end: number;
  /** Place of the first record of the first chunk. */
  #chunksFrom: number;
  #chunks: Chunk[] = [];

  constructor(order: number) {
    this.first = order;
    this.end = order;
    this.#chunksFrom = order;
  }

  get size(): number {
    return this.end - this.first;
  }

  /** Nothing is remembered; the next record is of this place. */
  restart(order: number): void {
    this.first = order;
    this.end = order;
    this.#chunksFrom = order;
    this.#chunks = [];
  }

  /** Adds the record of the next place. */
  add(order: number, keys: Uint32Array, at: number, atMs: number): void {
    assert(order === this.end, 'places are remembered one after the other');
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.isFull) {
      chunk = new Chunk(order, chunk === undefined ? FIRST_RECORDS : CHUNK_RECORDS);
      this.#chunks.push(chunk);
    }
    chunk.add(keys[at] ?? 0, keys[at + 1] ?? 0, restOf(keys, at), atMs);
    this.end = order + 1;
  }

  /** The first place is not remembered any more. */
  dropFirst(): void {
    this.first += 1;
    if (this.first - this.#chunksFrom < CHUNK_RECORDS) return;
    this.#chunks.shift();
    this.#chunksFrom += CHUNK_RECORDS;
  }

  high(order: number): number {
    return this.#chunk(order).high(this.#place(order));
  }

  low(order: number): number {
    return this.#chunk(order).low(this.#place(order));
  }

  atMs(order: number): number {
    return this.#chunk(order).atMs(order);
  }

  /** True when the record of this place has the key that stands here. */
  is(order: number, keys: Uint32Array, at: number): boolean {
    const [chunk, place] = [this.#chunk(order), this.#place(order)];
    const isSameHash = chunk.high(place) === keys[at] && chunk.low(place) === keys[at + 1];
    return isSameHash && chunk.rest(place) === restOf(keys, at);
  }

  #place(order: number): number {
    return (order - this.#chunksFrom) % CHUNK_RECORDS;
  }

  #chunk(order: number): Chunk {
    const chunk = this.#chunks[Math.floor((order - this.#chunksFrom) / CHUNK_RECORDS)];
    return present(chunk, 'a record of the place');
  }
}

function restOf(keys: Uint32Array, at: number): number {
  return (keys[at + 2] ?? 0) & 0xffff;
}
