import { present } from '../../base/assert.ts';
import type { Packed } from './packed.ts';
import { RecentCounts } from './recent-counts.ts';

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

/** A group that is kept, and the messages that it added. */
interface RecentGroup {
  readonly number: number;
  /** How many blocks it takes. */
  readonly blocks: number;
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
  /** What the groups say of their queues, and is not in their rows yet. */
  readonly counts = new RecentCounts();
  readonly #queues = new Map<number, Map<number, RecentMessage>>();
  #groups: RecentGroup[] = [];
  #added: RecentMessage[] = [];
  #lastNumber: number;
  #lastAtMs = 0;
  #blocks = 0;

  /** All groups through this number have left. */
  constructor(lastNumber: number) {
    this.#lastNumber = lastNumber;
  }

  /** Blocks of the groups that are kept. */
  get blocks(): number {
    return this.#blocks;
  }

  /** The time of the last group; 0 before the first. */
  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** The number of the next group that is kept. */
  get nextNumber(): number {
    return this.#lastNumber + 1;
  }

  /** All groups before this one have left. */
  get keptFrom(): number {
    return this.#groups[0]?.number ?? this.nextNumber;
  }

  /** The time of the group that is being applied. */
  noteTime(atMs: number): void {
    this.#lastAtMs = atMs;
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

  /** Takes all messages of a queue up to a place out. */
  removeThrough(queue: number, throughOrder: number): void {
    const orders = [...(this.#queues.get(queue)?.keys() ?? [])].filter((order) => order <= throughOrder);
    for (const order of orders) this.remove(queue, order);
  }

  /** The present group is kept under this number. */
  keep(number: number, blocks: number): void {
    this.#groups.push({ number, blocks, messages: this.#added });
    this.#added = [];
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.#blocks += blocks;
  }

  /** All that is left, oldest first. */
  left(): readonly RecentMessage[] {
    return this.#groups.flatMap(({ messages }) => messages.filter(({ isGone }) => !isGone));
  }

  /** One group, which is still to be kept, takes the place of all: what is left of them. */
  join(): void {
    this.#added = [...this.left()];
    this.#groups = [];
    this.#blocks = 0;
  }

  /** Lets the oldest group go: what is left of it. */
  takeOldest(): readonly RecentMessage[] {
    const { blocks, messages } = present(this.#groups.shift(), 'the oldest group');
    this.#blocks -= blocks;
    const left = messages.filter(({ isGone }) => !isGone);
    for (const { queue, order } of left) this.remove(queue, order);
    return left;
  }

  #begin(queue: number): Map<number, RecentMessage> {
    const messages = new Map<number, RecentMessage>();
    this.#queues.set(queue, messages);
    return messages;
  }
}
