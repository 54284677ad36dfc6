import { ByOrder } from '../../base/by-order.ts';

/** Something that is known of one message until something else is. */
export interface AtPlace {
  readonly queue: number;
  readonly order: number;
  /** It has been taken out, or another has taken its place. */
  isGone: boolean;
}

/** By queue and place one of each. What leaves, or is followed by another of its place, knows that it is gone. */
export class Places<Item extends AtPlace> {
  readonly #queues = new Map<number, ByOrder<Item>>();

  find(queue: number, order: number): Item | undefined {
    return this.#queues.get(queue)?.get(order);
  }

  put(item: Item): void {
    const items = this.#queues.get(item.queue) ?? this.#begin(item.queue);
    const before = items.get(item.order);
    if (before !== undefined) before.isGone = true;
    items.add(item);
  }

  /** Takes one out, if it is here. */
  remove(queue: number, order: number): Item | undefined {
    const items = this.#queues.get(queue);
    const item = items?.get(order);
    if (item === undefined) return undefined;
    item.isGone = true;
    items?.delete(order);
    return item;
  }

  /** Takes all of a queue up to a place out. */
  removeThrough(queue: number, throughOrder: number): void {
    const orders = (this.#queues.get(queue)?.keys() ?? []).filter((order) => order <= throughOrder);
    for (const order of orders) this.remove(queue, order);
  }

  #begin(queue: number): ByOrder<Item> {
    const items = new ByOrder<Item>();
    this.#queues.set(queue, items);
    return items;
  }
}
