import { CHANGE_CODES } from './group-code.ts';
import { Unpacker, type Packed } from './packed.ts';
import { ADDED_NUMBERS, STATE_NUMBERS, type Recent, type RecentMessage } from './recent.ts';

/** A group that was kept. */
export interface KeptGroup extends Packed {
  readonly number: number;
  /** False for one of format 4: what it said of messages in their rows was done to them at once, and later groups may have said more. */
  readonly isWhole: boolean;
}

/** Passes a message that a group adds, from the number behind its queue on. */
export function takeAdded(queue: number, unpacker: Unpacker, group: Packed): RecentMessage {
  const order = unpacker.number();
  const numbersAt = unpacker.numbersAt;
  unpacker.skip(ADDED_NUMBERS);
  return { queue, order, group, numbersAt, contentAt: unpacker.passContent(), isGone: false };
}

/** What a group said of messages and of its queues. All else that it did stands in its place already. */
export function repeat(recent: Recent, group: KeptGroup): void {
  const unpacker = new Unpacker(group);
  while (!unpacker.isAtEnd) {
    const code = unpacker.number();
    repeatOne(recent, { code, queue: unpacker.number(), group }, unpacker);
  }
}

function repeatOne(
  recent: Recent,
  { code, queue, group }: { readonly code: number; readonly queue: number; readonly group: KeptGroup },
  unpacker: Unpacker,
): void {
  switch (code) {
    case CHANGE_CODES['message-added']:
      return recent.add(takeAdded(queue, unpacker, group));
    case CHANGE_CODES['message-moved']: {
      const order = unpacker.number();
      const stateAt = unpacker.numbersAt;
      unpacker.skip(STATE_NUMBERS);
      if (isHeard(recent, queue, order, group)) recent.move({ queue, order, group, stateAt, isGone: false });
      return;
    }
    case CHANGE_CODES['message-removed']: {
      const order = unpacker.number();
      const change = { queue, order, group, stateAt: undefined, isGone: false };
      if (isHeard(recent, queue, order, group)) recent.remove(change);
      return;
    }
    case CHANGE_CODES.purged:
      return recent.removeThrough(queue, unpacker.number());
    case CHANGE_CODES['queue-deleted']:
      recent.counts.drop(queue);
      return recent.removeThrough(queue, Infinity);
    case CHANGE_CODES.counted: {
      const [messages, nextOrder] = [unpacker.number(), unpacker.number()];
      return recent.counts.note(queue, { messages, nextOrder, group: group.number });
    }
    case CHANGE_CODES['sends-remembered']:
      unpacker.skip(2);
      return void unpacker.content();
    default:
      // The definition of a queue does not stand among the numbers.
      return;
  }
}

function isHeard(recent: Recent, queue: number, order: number, { isWhole }: KeptGroup): boolean {
  return isWhole || recent.find(queue, order) !== undefined;
}
