import { present } from '../../base/assert.ts';
import type { Packed } from './packed.ts';

/** A message that was added lately, and where it stands in the group that brought it. */
export interface RecentMessage {
  readonly queue: number;
  readonly order: number;
  readonly group: Packed;
  /** Its first number, of {@link ADDED_NUMBERS}; what moves it writes its state there. */
  readonly numbersAt: number;
  readonly contentAt: number;
  /** It was removed, and need not be written any more. */
  isGone: boolean;
}

/** A group whose row is kept, and the messages that it added. */
interface RecentGroup {
  readonly number: number;
  readonly sizeBytes: number;
  readonly messages: readonly RecentMessage[];
}

/** Numbers of a message's state. */
export const STATE_NUMBERS = 5;

/** Numbers of a message that is added: its state, when it was sent, its size, its lane. */
export const ADDED_NUMBERS = STATE_NUMBERS + 3;

/**
 * The messages that were added lately. They stand in no table yet, but in the groups that brought them, which are kept as they
 * came: most messages are settled soon, and one that is gone before its group leaves is never written to its place.
 */
export class Recent {
  readonly #queues = new Map<number, Map<number, RecentMessage>>();
  #groups: RecentGroup[] = [];
  #added: RecentMessage[] = [];
  #lastNumber = 0;
  #sizeBytes = 0;

  /** Bytes of the groups that are kept. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** The number of the next group that is kept. */
  get nextNumber(): number {
    return this.#lastNumber + 1;
  }

  find(queue: number, order: number): RecentMessage | undefined {
    return this.#queues.get(queue)?.get(order);
  }

  /** A message of the present group. */
  add(message: RecentMessage): void {
    const messages = this.#queues.get(message.queue) ?? this.#begin(message.queue);
    messages.set(message.order, message);
    this.#added.push(message);
  }

  /** Takes a message out, if it is here. */
  remove(queue: number, order: number): RecentMessage | undefined {
    const messages = this.#queues.get(queue);
    const message = messages?.get(order);
    if (message === undefined) return undefined;
    message.isGone = true;
    messages?.delete(order);
    return message;
  }

  /** Takes all messages of a queue up to a place out; true when there was any. */
  removeThrough(queue: number, throughOrder: number): boolean {
    const orders = [...(this.#queues.get(queue)?.keys() ?? [])].filter((order) => order <= throughOrder);
    for (const order of orders) this.remove(queue, order);
    return orders.length > 0;
  }

  /** The present group is kept under this number. */
  keep(number: number, sizeBytes: number): void {
    this.#groups.push({ number, sizeBytes, messages: this.#added });
    this.#added = [];
    this.#lastNumber = number;
    this.#sizeBytes += sizeBytes;
  }

  /** All that is left, oldest first. */
  left(): readonly RecentMessage[] {
    return this.#groups.flatMap(({ messages }) => messages.filter(({ isGone }) => !isGone));
  }

  /** The numbers of the groups that are kept. */
  get numbers(): readonly number[] {
    return this.#groups.map(({ number }) => number);
  }

  /** One group takes the place of all: what is left of them. */
  join(number: number, sizeBytes: number): void {
    const messages = this.left();
    this.#groups = [];
    this.#sizeBytes = 0;
    if (messages.length === 0) return;
    this.#added = [...messages];
    this.keep(number, sizeBytes);
  }

  /** Lets the oldest group go: its number, and what is left of it. */
  takeOldest(): { readonly number: number; readonly left: readonly RecentMessage[] } {
    const { number, sizeBytes, messages } = present(this.#groups.shift(), 'the oldest group');
    this.#sizeBytes -= sizeBytes;
    const left = messages.filter(({ isGone }) => !isGone);
    for (const { queue, order } of left) this.remove(queue, order);
    return { number, left };
  }

  #begin(queue: number): Map<number, RecentMessage> {
    const messages = new Map<number, RecentMessage>();
    this.#queues.set(queue, messages);
    return messages;
  }
}
