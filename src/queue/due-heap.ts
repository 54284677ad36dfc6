/** Something that is due at a time. The heap writes down where it stands. */
export interface Due {
  /** Whoever changes it puts it into the heap again, or takes it out, before anything else is asked of the heap. */
  visibleAtMs: number;
  /** {@link NOWHERE} outside of a heap. */
  duePlace: number;
}

/** The place of what stands in no heap. */
export const NOWHERE = -1;

/** Items by the time at which they are due, earliest first: a binary heap that lets go of any of them at once. */
export class DueHeap<Item extends Due> {
  #heap: Item[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest time; Infinity when there is none. */
  get nextMs(): number {
    return this.#heap[0]?.visibleAtMs ?? Infinity;
  }

  /** Takes an item in, or to the place of its new time. */
  put(item: Item): void {
    if (item.duePlace === NOWHERE) item.duePlace = this.#heap.push(item) - 1;
    this.#settle(item);
  }

  /** Lets an item go, if it is there. */
  remove(item: Item): void {
    const place = item.duePlace;
    if (place === NOWHERE) return;
    item.duePlace = NOWHERE;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#heap[place] = last;
    last.duePlace = place;
    this.#settle(last);
  }

  /** Takes the earliest item that is due at `nowMs`. */
  takeDue(nowMs: number): Item | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.visibleAtMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  clear(): void {
    for (const item of this.#heap) item.duePlace = NOWHERE;
    this.#heap = [];
  }

  /** Moves an item up or down to where its time belongs. */
  #settle(item: Item): void {
    const heap = this.#heap;
    const dueMs = item.visibleAtMs;
    let place = item.duePlace;
    for (let up = (place - 1) >> 1; place > 0; up = (place - 1) >> 1) {
      const parent = heap[up];
      if (parent === undefined || parent.visibleAtMs <= dueMs) break;
      this.#place(parent, place);
      place = up;
    }
    for (;;) {
      const [left, right] = [heap[place * 2 + 1], heap[place * 2 + 2]];
      const least =
        right !== undefined && left !== undefined && right.visibleAtMs < left.visibleAtMs ? right : left;
      if (least === undefined || least.visibleAtMs >= dueMs) break;
      const down = least.duePlace;
      this.#place(least, place);
      place = down;
    }
    this.#place(item, place);
  }

  #place(item: Item, place: number): void {
    this.#heap[place] = item;
    item.duePlace = place;
  }
}
