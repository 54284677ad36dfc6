const FIRST_CAPACITY = 16;

/** A table of no more slots is not made smaller: what was there once comes again. */
const KEPT_CAPACITY = 1024;

/** Spreads places that follow each other over the slots: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

/** Something that has a place of its own: no other has the same number. */
export interface InOrder {
  readonly order: number;
}

/**
 * Items by their order. Not a `Map`: each time that one makes room its former table points to the new one, with all that stood in
 * it; a former table that has grown old keeps every later one, and so nearly every item, from being collected young.
 */
export class ByOrder<Item extends InOrder> {
  /** Open addressing; a power of two of slots, at most half of them taken. */
  #slots: (Item | undefined)[] = emptySlots<Item>(FIRST_CAPACITY);
  #shift = shiftOf(FIRST_CAPACITY);
  #size = 0;

  /** How many items there are. */
  get size(): number {
    return this.#size;
  }

  get(order: number): Item | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = this.#home(order); ; at = (at + 1) & mask) {
      const item = slots[at];
      if (item === undefined || item.order === order) return item;
    }
  }

  has(order: number): boolean {
    return this.get(order) !== undefined;
  }

  /** Takes an item in, in the place of another of its order. */
  add(item: Item): void {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#resize(this.#slots.length * 2);
    const slots = this.#slots;
    const at = this.#slotOf(item.order);
    if (slots[at] === undefined) this.#size += 1;
    slots[at] = item;
  }

  /** Takes an item out, if it is there. */
  delete(order: number): void {
    const at = this.#slotOf(order);
    if (this.#slots[at] === undefined) return;
    this.#close(at);
    this.#size -= 1;
    const { length } = this.#slots;
    if (length > KEPT_CAPACITY && this.#size * 16 < length) this.#resize(length / 4);
  }

  /** Lets all items go, and keeps a table of no more slots than this for those that come. */
  clear(keptCapacity = KEPT_CAPACITY): void {
    if (this.#size === 0) return;
    this.#size = 0;
    if (this.#slots.length <= keptCapacity) {
      this.#slots.fill(undefined);
      return;
    }
    this.#slots = emptySlots<Item>(FIRST_CAPACITY);
    this.#shift = shiftOf(FIRST_CAPACITY);
  }

  /** All items, as they stand. */
  unsorted(): Item[] {
    return this.#slots.filter((item) => item !== undefined);
  }

  /** All items, in their order. */
  values(): Item[] {
    return this.unsorted().sort((one, other) => one.order - other.order);
  }

  /** All orders, ascending. */
  keys(): number[] {
    return this.values().map(({ order }) => order);
  }

  #home(order: number): number {
    return Math.imul(order, SPREAD) >>> this.#shift;
  }

  /** Where the item of an order stands, or would. */
  #slotOf(order: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#home(order);
    for (let item = slots[at]; item !== undefined && item.order !== order; item = slots[at])
      at = (at + 1) & mask;
    return at;
  }

  /** Frees a slot, and moves back what stands behind it and would not be found any more. */
  #close(freed: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let gap = freed;
    let at = (gap + 1) & mask;
    for (let item = slots[at]; item !== undefined; item = slots[at]) {
      const home = this.#home(item.order);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        slots[gap] = item;
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
    for (const item of former) if (item !== undefined) this.#slots[this.#slotOf(item.order)] = item;
  }
}

function emptySlots<Item>(capacity: number): (Item | undefined)[] {
  const slots: (Item | undefined)[] = [];
  slots.length = capacity;
  return slots.fill(undefined);
}

/** What a hash of 32 bits is shifted by to name one of so many slots. */
function shiftOf(capacity: number): number {
  return 32 - Math.log2(capacity);
}
