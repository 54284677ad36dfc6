import { present } from '../../base/assert.ts';
import type { Packed } from './packed.ts';
import { Places, type AtPlace } from './places.ts';
import { RecentCounts } from './recent-counts.ts';

/** A message that was added lately, and where it stands in the group that brought it. */
export interface RecentMessage extends AtPlace {
  readonly group: Packed;
  /** Its first number, of {@link ADDED_NUMBERS}; what moves it writes its state there. */
  readonly numbersAt: number;
  readonly contentAt: number;
}

/** When it shows. */
export function visibleAtMsOf({ group, numbersAt }: RecentMessage): number {
  return present(group.numbers[numbersAt], 'the time at which a message shows');
}

/** When it was sent. */
export function sentAtMsOf({ group, numbersAt }: RecentMessage): number {
  return present(group.numbers[numbersAt + STATE_NUMBERS], 'the time at which a message was sent');
}

/** Body and attributes. */
export function sizeBytesOf({ group, numbersAt }: RecentMessage): number {
  return present(group.numbers[numbersAt + STATE_NUMBERS + 1], 'the size of a message');
}

/** 0 for none. */
export function laneOf({ group, numbersAt }: RecentMessage): number {
  return present(group.numbers[numbersAt + STATE_NUMBERS + 2], 'the lane of a message');
}

/** What was said lately of a message that stands in its rows: they hear of it when its group leaves, unless more is said until then. */
export interface RowChange extends AtPlace {
  readonly group: Packed;
  /** Where its new state stands, of {@link STATE_NUMBERS}; undefined for one that was removed. */
  readonly stateAt: number | undefined;
}

/** Messages that were added, and what was said of others. */
export interface Left {
  readonly messages: readonly RecentMessage[];
  readonly changes: readonly RowChange[];
}

/** A group that is kept. */
interface RecentGroup extends Left {
  readonly number: number;
  /** How many blocks it takes. */
  readonly blocks: number;
}

/** Numbers of a message's state. */
export const STATE_NUMBERS = 5;

/** Numbers of a message that is added: its state, when it was sent, its size, its lane. */
export const ADDED_NUMBERS = STATE_NUMBERS + 3;

/**
 * What was said lately of messages. It stands in no table yet, but in the groups that said it, which are kept as they came: most
 * messages are settled soon, and of one that is gone before its group leaves nothing is ever written to its place.
 */
export class Recent {
  /** What the groups say of their queues, and is not in their rows yet. */
  readonly counts = new RecentCounts();
  readonly #messages = new Places<RecentMessage>();
  readonly #changes = new Places<RowChange>();
  #groups: RecentGroup[] = [];
  /** Of the present group. */
  #added: RecentMessage[] = [];
  #said: RowChange[] = [];
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
    return this.#messages.find(queue, order);
  }

  /** A message of the present group. */
  add(message: RecentMessage): void {
    this.#messages.put(message);
    this.#added.push(message);
  }

  /** The present group gives a new state to a message that is here, or to one that stands in its rows. */
  move(change: RowChange & { readonly stateAt: number }): void {
    const { queue, order, group, stateAt } = change;
    const message = this.find(queue, order);
    if (message === undefined) return this.#change(change);
    const state = group.numbers.subarray(stateAt, stateAt + STATE_NUMBERS);
    message.group.numbers.set(state, message.numbersAt);
  }

  /** The present group removes a message that is here, or one that stands in its rows. */
  remove(change: RowChange & { readonly stateAt: undefined }): void {
    if (this.#messages.remove(change.queue, change.order) === undefined) this.#change(change);
  }

  /** True for a message that is gone, and whose rows have not heard of it. */
  isRemoved(queue: number, order: number): boolean {
    const change = this.#changes.find(queue, order);
    return change !== undefined && change.stateAt === undefined;
  }

  /** The rows of a message are changed just now: what was to be done to them is void. */
  dropChange(queue: number, order: number): void {
    this.#changes.remove(queue, order);
  }

  /** Takes all messages of a queue up to a place out. */
  removeThrough(queue: number, throughOrder: number): void {
    this.#messages.removeThrough(queue, throughOrder);
    this.#changes.removeThrough(queue, throughOrder);
  }

  /** The present group is kept under this number. */
  keep(number: number, blocks: number): void {
    this.#groups.push({ number, blocks, messages: this.#added, changes: this.#said });
    [this.#added, this.#said] = [[], []];
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.#blocks += blocks;
  }

  /** One group, which is still to be kept, takes the place of all: what is left of them. */
  join(): Left {
    const left = leftOf(this.#groups);
    [this.#added, this.#said] = [[...left.messages], [...left.changes]];
    this.#groups = [];
    this.#blocks = 0;
    return left;
  }

  /** Lets the oldest groups go until no more blocks than these are kept: what is left of those groups. */
  takeDownTo(blocks: number): Left {
    const groups: RecentGroup[] = [];
    while (this.#blocks > blocks) {
      const group = present(this.#groups.shift(), 'the oldest group');
      this.#blocks -= group.blocks;
      groups.push(group);
    }
    const left = leftOf(groups);
    if (this.isEmpty) {
      this.#messages.clear();
      this.#changes.clear();
      return left;
    }
    for (const { queue, order } of left.messages) this.#messages.remove(queue, order);
    for (const { queue, order } of left.changes) this.#changes.remove(queue, order);
    return left;
  }

  /** What is gone stays gone. */
  #change(change: RowChange): void {
    const before = this.#changes.find(change.queue, change.order);
    if (before !== undefined && before.stateAt === undefined) return;
    this.#changes.put(change);
    this.#said.push(change);
  }
}

/** Oldest first. */
function leftOf(groups: readonly Left[]): Left {
  const [messages, changes]: [RecentMessage[], RowChange[]] = [[], []];
  for (const group of groups) {
    for (const message of group.messages) if (!message.isGone) messages.push(message);
    for (const change of group.changes) if (!change.isGone) changes.push(change);
  }
  return { messages, changes };
}
