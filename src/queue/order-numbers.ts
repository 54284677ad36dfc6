const FIRST_CAPACITY = 64;

/** Spreads places that follow each other over the slots: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

const NOTHING = -1;

/** A table in which no more than this share of the slots was taken lately is made smaller. */
const LEAST_SHARE = 1 / 16;

/** A number for each of some places of a queue: as a `Map` has them, without an object for any. */
export class OrderNumbers {
  /** Open addressing; a power of two of slots, at most half of them taken. */
  #orders = new Float64Array(FIRST_CAPACITY).fill(NOTHING);
  #numbers = new Float64Array(FIRST_CAPACITY);
  #size = 0;
  /** The most that there were at a time since the table was last fitted. */
  #mostLately = 0;

  get size(): number {
    return this.#size;
  }

  get(order: number): number | undefined {
    const at = this.#slotOf(order);
    return this.#orders[at] === NOTHING ? undefined : this.#numbers[at];
  }

  /** Sets the number of a place, which is not negative. */
  set(order: number, number: number): void {
    if ((this.#size + 1) * 2 > this.#orders.length) this.#resize(this.#orders.length * 2);
    const at = this.#slotOf(order);
    if (this.#orders[at] === NOTHING) this.#size += 1;
    this.#mostLately = Math.max(this.#mostLately, this.#size);
    this.#orders[at] = order;
    this.#numbers[at] = number;
  }

  delete(order: number): void {
    const at = this.#slotOf(order);
    if (this.#orders[at] === NOTHING) return;
    this.#close(at);
    this.#size -= 1;
  }

  /** Makes a table smaller that has been too large since it was last fitted: what goes and comes again in waves does not change it. */
  fit(): void {
    const { length } = this.#orders;
    if (length > FIRST_CAPACITY && this.#mostLately < length * LEAST_SHARE) this.#resize(length / 4);
    this.#mostLately = this.#size;
  }

  #home(order: number, mask: number): number {
    return (Math.imul(order, SPREAD) >>> 8) & mask;
  }

  /** Where a place stands, or would. */
  #slotOf(order: number): number {
    const orders = this.#orders;
    const mask = orders.length - 1;
    let at = this.#home(order, mask);
    while (orders[at] !== order && orders[at] !== NOTHING) at = (at + 1) & mask;
    return at;
  }

  /** Frees a slot, and moves back what stands behind it and would not be found any more. */
  #close(freed: number): void {
    const [orders, numbers] = [this.#orders, this.#numbers];
    const mask = orders.length - 1;
    let gap = freed;
    let at = (gap + 1) & mask;
    for (let order = orders[at] ?? NOTHING; order !== NOTHING; order = orders[at] ?? NOTHING) {
      if (((at - this.#home(order, mask)) & mask) >= ((at - gap) & mask)) {
        orders[gap] = order;
        numbers[gap] = numbers[at] ?? 0;
        gap = at;
      }
      at = (at + 1) & mask;
    }
    orders[gap] = NOTHING;
  }

  #resize(capacity: number): void {
    const [orders, numbers] = [this.#orders, this.#numbers];
    this.#orders = new Float64Array(capacity).fill(NOTHING);
    this.#numbers = new Float64Array(capacity);
    for (let from = 0; from < orders.length; from += 1) {
      const order = orders[from] ?? NOTHING;
      if (order === NOTHING) continue;
      const at = this.#slotOf(order);
      this.#orders[at] = order;
      this.#numbers[at] = numbers[from] ?? 0;
    }
  }
}
