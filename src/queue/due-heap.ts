interface Due<Item> {
  readonly dueMs: number;
  readonly item: Item;
}

/** Items by the time at which something is due for them, earliest first: a binary heap. */
export class DueHeap<Item> {
  #heap: Due<Item>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest time, if there is one. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.dueMs;
  }

  add(dueMs: number, item: Item): void {
    this.#heap.push({ dueMs, item });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the earliest item that is due at `nowMs`, with the time it was added for. */
  takeDue(nowMs: number): Due<Item> | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  /** Keeps only the items for which `keep` holds; for heaps that have gathered many stale ones. */
  retain(keep: (dueMs: number, item: Item) => boolean): void {
    const kept = this.#heap.filter(({ dueMs, item }) => keep(dueMs, item));
    this.#heap = [];
    for (const { dueMs, item } of kept) this.add(dueMs, item);
  }

  clear(): void {
    this.#heap = [];
  }

  #rise(start: number): void {
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#due(parent) <= this.#due(place)) return;
      this.#swap(parent, place);
      place = parent;
    }
  }

  #sink(start: number): void {
    let place = start;
    for (;;) {
      const left = place * 2 + 1;
      const right = left + 1;
      let least = place;
      if (left < this.#heap.length && this.#due(left) < this.#due(least)) least = left;
      if (right < this.#heap.length && this.#due(right) < this.#due(least)) least = right;
      if (least === place) return;
      this.#swap(least, place);
      place = least;
    }
  }

  #due(place: number): number {
    return this.#heap[place]?.dueMs ?? Infinity;
  }

  #swap(first: number, second: number): void {
    const [one, other] = [this.#heap[first], this.#heap[second]];
    if (one === undefined || other === undefined) return;
    this.#heap[first] = other;
    this.#heap[second] = one;
  }
}
