import { ByOrder } from '../../base/by-order.ts';

/** Something that is known of one message until something else is. */
export interface AtPlace {
  readonly queue: number;
  readonly order: number;
  /** It has been taken out, or another has taken its place. */
  isGone: boolean;
}

/** So many queues keep their tables for what comes next, of so many slots each at most. */
const [KEPT_QUEUES, KEPT_CAPACITY] = [16, 8192];

/** By queue and place one of each. What leaves, or is followed by another of its place, knows that it is gone. */
export class Places<Item extends AtPlace> {
  readonly #queues = new Map<number, ByOrder<Item>>();
  /** The queue that was last asked for, and what is known of it: the next question is mostly of the same. */
  #lastQueue = -1;
  #last: ByOrder<Item> | undefined;

  find(queue: number, order: number): Item | undefined {
    return this.#of(queue)?.get(order);
  }

  put(item: Item): void {
    const items = this.#of(item.queue) ?? this.#begin(item.queue);
    const before = items.get(item.order);
    if (before !== undefined) before.isGone = true;
    items.add(item);
  }

  /** Takes one out, if it is here. */
  remove(queue: number, order: number): Item | undefined {
    const items = this.#of(queue);
    const item = items?.get(order);
    if (item === undefined) return undefined;
    item.isGone = true;
    items?.delete(order);
    return item;
  }

  /** Takes all of a queue up to a place out. */
  removeThrough(queue: number, throughOrder: number): void {
    const orders = this.#of(queue)?.keys() ?? [];
    for (const order of orders) if (order <= throughOrder) this.remove(queue, order);
  }

  /** All leave, and nobody asks any more whether they are gone. */
  clear(): void {
    if (this.#queues.size <= KEPT_QUEUES) {
      for (const items of this.#queues.values()) items.clear(KEPT_CAPACITY);
      return;
    }
    this.#queues.clear();
    this.#lastQueue = -1;
    this.#last = undefined;
  }

  #of(queue: number): ByOrder<Item> | undefined {
    if (queue !== this.#lastQueue) {
      this.#last = this.#queues.get(queue);
      this.#lastQueue = queue;
    }
    return this.#last;
  }

  #begin(queue: number): ByOrder<Item> {
    const items = new ByOrder<Item>();
    this.#queues.set(queue, items);
    this.#last = items;
    this.#lastQueue = queue;
    return items;
  }
}
