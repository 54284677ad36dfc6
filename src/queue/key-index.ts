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

/** How full tables are that are made ahead: they differ by little, and are split at three quarters. */
const RESERVED_SHARE = 0.7;

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

/** The bits of a slot that hold the position; above them stand {@link AWAY_BITS}, then the upper bits of the hash. */
const POSITION_BITS = 26;
const AWAY_BITS = 3;
const TAG_AT = POSITION_BITS + AWAY_BITS;

/** The greatest position. */
export const LAST_POSITION = 2 ** POSITION_BITS - 1;

/** So far from the first slot of its hash, or farther. */
const FAR = 2 ** AWAY_BITS - 1;

/** A slot without its position: most records that are not looked for are told by it, without a look at them. */
function marksOf(low: number, away: number): number {
  return ((low >>> TAG_AT) << AWAY_BITS) | Math.min(away, FAR);
}

/** Open addressing with a bounded capacity; 0 is a free slot. */
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
    let away = 0;
    while (this.slots[(low + away) & mask] !== 0) away += 1;
    this.slots[(low + away) & mask] = (marksOf(low, away) << POSITION_BITS) | position;
    this.count += 1;
  }
}

/**
 * A hash index that grows in small steps (extendible hashing): a directory by the upper bits of the hash points to tables,
 * and a full table is split in two. Positions are whole numbers from 1 to {@link LAST_POSITION}. Six to eleven bytes for each.
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
    for (let away = 0; ; away += 1) {
      const slot = slots[(low + away) & mask] ?? 0;
      if (slot === 0) return 0;
      const position = slot & LAST_POSITION;
      if (slot >>> POSITION_BITS === marksOf(low, away) && isIt(position)) return position;
    }
  }

  /** Makes room for so many in an index that is empty: nothing is moved when they come. */
  reserve(count: number): void {
    const tables = Math.ceil(count / (MOST_CAPACITY * RESERVED_SHARE));
    if (tables < 2) return;
    this.#depth = Math.ceil(Math.log2(tables));
    this.#directory = Array.from(
      { length: 2 ** this.#depth },
      () => new Table(this.#depth, this.#rooms.take()),
    );
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
    for (let slot = slots[at] ?? 0; (slot & LAST_POSITION) !== position; slot = slots[at] ?? 0) {
      if (slot === 0) return;
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
      const slot = slots[at] ?? 0;
      const nearer = (at - gap) & mask;
      const away = this.#away(slot, at, mask);
      if (away < nearer) continue;
      const marks = ((slot >>> TAG_AT) << AWAY_BITS) | Math.min(away - nearer, FAR);
      slots[gap] = (marks << POSITION_BITS) | (slot & LAST_POSITION);
      gap = at;
    }
    slots[gap] = 0;
  }

  /** How far what stands in a slot stands from the first slot of its hash. */
  #away(slot: number, at: number, mask: number): number {
    const away = (slot >>> POSITION_BITS) & FAR;
    return away < FAR ? away : (at - this.#records.low(slot & LAST_POSITION)) & mask;
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
    for (const slot of from.slots) {
      const position = slot & LAST_POSITION;
      if (slot !== 0) to(this.#records.high(position)).place(position, this.#records.low(position));
    }
  }

  #replace(old: Table, high: number, by: (at: number) => Table): void {
    const span = 2 ** (this.#depth - old.depth);
    const at = this.#depth === 0 ? 0 : high >>> (32 - this.#depth);
    const first = at - (at % span);
    for (let each = first; each < first + span; each += 1) this.#directory[each] = by(each);
  }
}
