import type { Entry } from './entry.ts';

const FIRST_CAPACITY = 16;

/** Spreads places that follow each other over the slots: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

/**
 * The entries of a queue by their order. Not a `Map`: each time that one makes room its former table points to the new one, with all
 * that stood in it; a former table that has grown old keeps every later one, and so every entry, from being collected young.
 */
export class Entries {
  /** Open addressing; a power of two of slots, at most half of them taken. */
  #slots: (Entry | undefined)[] = emptySlots(FIRST_CAPACITY);
  #shift = shiftOf(FIRST_CAPACITY);
  #size = 0;

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  get(order: number): Entry | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = this.#home(order); ; at = (at + 1) & mask) {
      const entry = slots[at];
      if (entry === undefined || entry.order === order) return entry;
    }
  }

  has(order: number): boolean {
    return this.get(order) !== undefined;
  }

  /** Takes an entry in, in the place of another of its order. */
  add(entry: Entry): void {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#resize(this.#slots.length * 2);
    const slots = this.#slots;
    const at = this.#slotOf(entry.order);
    if (slots[at] === undefined) this.#size += 1;
    slots[at] = entry;
  }

  /** Takes an entry out, if it is there. */
  delete(order: number): void {
    const at = this.#slotOf(order);
    if (this.#slots[at] === undefined) return;
    this.#close(at);
    this.#size -= 1;
    const { length } = this.#slots;
    if (length > FIRST_CAPACITY && this.#size * 16 < length)
      this.#resize(Math.max(FIRST_CAPACITY, length / 4));
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#slots = emptySlots(FIRST_CAPACITY);
    this.#shift = shiftOf(FIRST_CAPACITY);
    this.#size = 0;
  }

  /** All entries, in their order. */
  values(): Entry[] {
    return this.#slots.filter((entry) => entry !== undefined).sort((one, other) => one.order - other.order);
  }

  /** All orders, ascending. */
  keys(): number[] {
    return this.values().map(({ order }) => order);
  }

  #home(order: number): number {
    return Math.imul(order, SPREAD) >>> this.#shift;
  }

  /** Where the entry of an order stands, or would. */
  #slotOf(order: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#home(order);
    for (let entry = slots[at]; entry !== undefined && entry.order !== order; entry = slots[at])
      at = (at + 1) & mask;
    return at;
  }

  /** Frees a slot, and moves back what stands behind it and would not be found any more. */
  #close(freed: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let gap = freed;
    let at = (gap + 1) & mask;
    for (let entry = slots[at]; entry !== undefined; entry = slots[at]) {
      const home = this.#home(entry.order);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        slots[gap] = entry;
        gap = at;
      }
      at = (at + 1) & mask;
    }
    slots[gap] = undefined;
  }

  #resize(capacity: number): void {
    const former = this.#slots;
    this.#slots = emptySlots(capacity);
    this.#shift = shiftOf(capacity);
    for (const entry of former) if (entry !== undefined) this.#slots[this.#slotOf(entry.order)] = entry;
  }
}

function emptySlots(capacity: number): (Entry | undefined)[] {
  return Array.from<Entry | undefined>({ length: capacity });
}

/** What a hash of 32 bits is shifted by to name one of so many slots. */
function shiftOf(capacity: number): number {
  return 32 - Math.log2(capacity);
}
