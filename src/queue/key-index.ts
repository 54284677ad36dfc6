/** Finds places by keys: what the index holds is only where to look. */
export interface KeyRecords {
  /** The two halves of the hash of the key that stands at this position. */
  high(position: number): number;
  low(position: number): number;
}

const FIRST_CAPACITY = 16;

/** A table beyond this is split instead of grown, so that no step moves more than this many entries. */
const MOST_CAPACITY = 4096;

/** Open addressing with a bounded capacity; 0 is a free slot, others hold a position. */
class Table {
  readonly depth: number;
  slots: Uint32Array;
  count = 0;

  constructor(depth: number, capacity: number) {
    this.depth = depth;
    this.slots = new Uint32Array(capacity);
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
 * and a full table is split in two. Positions are whole numbers from 1 to 2^32 - 1. About seven bytes for each.
 */
export class KeyIndex {
  readonly #records: KeyRecords;
  #depth = 0;
  #directory: Table[] = [new Table(0, FIRST_CAPACITY)];

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
    this.#directory = [new Table(0, FIRST_CAPACITY)];
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
      const larger = new Table(full.depth, full.slots.length * 2);
      this.#move(full, () => larger);
      this.#replace(full, high, () => larger);
      return;
    }
    if (full.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((table) => [table, table]);
      this.#depth += 1;
    }
    const depth = full.depth + 1;
    const [lower, upper] = [new Table(depth, MOST_CAPACITY), new Table(depth, MOST_CAPACITY)];
    const half = (hash: number): Table => (((hash >>> (32 - depth)) & 1) === 0 ? lower : upper);
    this.#move(full, half);
    this.#replace(full, high, (at) => half((at << (32 - this.#depth)) >>> 0));
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
