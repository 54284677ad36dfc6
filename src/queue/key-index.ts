import { present } from '../base/assert.ts';

/** Finds places by keys: what the index holds is only where to look. */
export interface KeyRecords {
  /** The two halves of the hash of the key that stands at this position. */
  high(position: number): number;
  low(position: number): number;
}

const FIRST_CAPACITY = 16;

/** A table beyond this is split instead of grown, so that no step moves more than this many entries. */
const MOST_CAPACITY = 4096;

/** Tables whose room is taken from the machine in one piece: a great many small pieces would cost a third more. */
const TABLES_OF_PIECE = 16;

/** Room for tables of {@link MOST_CAPACITY}; what is given back is used again. */
class Rooms {
  #free: Uint32Array[] = [];

  take(): Uint32Array {
    if (this.#free.length === 0) {
      const piece = new Uint32Array(TABLES_OF_PIECE * MOST_CAPACITY);
      for (let from = 0; from < piece.length; from += MOST_CAPACITY)
        this.#free.push(piece.subarray(from, from + MOST_CAPACITY));
    }
    return present(this.#free.pop(), 'room for a table');
  }

  giveBack(room: Uint32Array): void {
    this.#free.push(room.fill(0));
  }

  clear(): void {
    this.#free = [];
  }
}

/** Open addressing with a bounded capacity; 0 is a free slot, others hold a position. */
class Table {
  readonly depth: number;
  readonly slots: Uint32Array;
  count = 0;

  constructor(depth: number, slots: Uint32Array) {
    this.depth = depth;
    this.slots = slots;
  }

  get isFull(): boolean {
    return this.count * 4 >= this.slots.length * 3;
  }

  place(position: number, low: number): void {
    const mask = this.slots.length - 1;
    let at = low & mask;
    while (this.slots[at] !== 0) at = (at + 1) & mask;
    this.slots[at] = position;
    this.count += 1;
  }
}

/**
 * A hash index that grows in small steps (extendible hashing): a directory by the upper bits of the hash points to tables,
 * and a full table is split in two. Positions are whole numbers from 1 to 2^32 - 1. Six to eleven bytes for each.
 */
export class KeyIndex {
  readonly #records: KeyRecords;
  readonly #rooms = new Rooms();
  #depth = 0;
  #directory: Table[] = [new Table(0, new Uint32Array(FIRST_CAPACITY))];

  constructor(records: KeyRecords) {
    this.#records = records;
  }

  /** The position for which `isIt` holds among those with this hash; 0 when there is none. */
  find(high: number, low: number, isIt: (position: number) => boolean): number {
    const { slots } = this.#table(high);
    const mask = slots.length - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const position = slots[at] ?? 0;
      if (position === 0 || isIt(position)) return position;
    }
  }

  /** Adds a position; its record must be there. */
  add(high: number, low: number, position: number): void {
    let table = this.#table(high);
    while (table.isFull) {
      this.#makeRoom(table, high);
      table = this.#table(high);
    }
    table.place(position, low);
  }

  /** Takes a position out, if it is there. Its record must still be there. */
  remove(high: number, low: number, position: number): void {
    const table = this.#table(high);
    const { slots } = table;
    const mask = slots.length - 1;
    let at = low & mask;
    while (slots[at] !== position) {
      if (slots[at] === 0) return;
      at = (at + 1) & mask;
    }
    table.count -= 1;
    this.#close(slots, at);
  }

  clear(): void {
    this.#depth = 0;
    this.#directory = [new Table(0, new Uint32Array(FIRST_CAPACITY))];
    this.#rooms.clear();
  }

  /** Moves back what stands behind a freed slot and would not be found any more. */
  #close(slots: Uint32Array, freed: number): void {
    const mask = slots.length - 1;
    let gap = freed;
    for (let at = (gap + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const position = slots[at] ?? 0;
      const home = this.#records.low(position) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = position;
      gap = at;
    }
    slots[gap] = 0;
  }

  #table(high: number): Table {
    const at = this.#depth === 0 ? 0 : high >>> (32 - this.#depth);
    const table = this.#directory[at];
    if (table === undefined) throw new RangeError('the directory covers every hash');
    return table;
  }

  #makeRoom(full: Table, high: number): void {
    if (full.slots.length < MOST_CAPACITY) {
      const larger = new Table(full.depth, this.#room(full.slots.length * 2));
      this.#move(full, () => larger);
      this.#replace(full, high, () => larger);
      return;
    }
    if (full.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((table) => [table, table]);
      this.#depth += 1;
    }
    const depth = full.depth + 1;
    const [lower, upper] = [new Table(depth, this.#rooms.take()), new Table(depth, this.#rooms.take())];
    const half = (hash: number): Table => (((hash >>> (32 - depth)) & 1) === 0 ? lower : upper);
    this.#move(full, half);
    this.#replace(full, high, (at) => half((at << (32 - this.#depth)) >>> 0));
    this.#rooms.giveBack(full.slots);
  }

  #room(capacity: number): Uint32Array {
    return capacity === MOST_CAPACITY ? this.#rooms.take() : new Uint32Array(capacity);
  }

  #move(from: Table, to: (high: number) => Table): void {
    for (const position of from.slots) {
      if (position !== 0) to(this.#records.high(position)).place(position, this.#records.low(position));
    }
  }

  #replace(old: Table, high: number, by: (at: number) => Table): void {
    const span = 2 ** (this.#depth - old.depth);
    const at = this.#depth === 0 ? 0 : high >>> (32 - this.#depth);
    const first = at - (at % span);
    for (let each = first; each < first + span; each += 1) this.#directory[each] = by(each);
  }
}
