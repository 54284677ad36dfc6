import { CHANGE_CODES } from './group-code.ts';
import { Unpacker, type Packed } from './packed.ts';
import { ADDED_NUMBERS, STATE_NUMBERS, type Recent, type RecentMessage } from './recent.ts';

/** A group that was kept. */
export interface KeptGroup extends Packed {
  readonly number: number;
}

/** Passes a message that a group adds, from the number behind its queue on. */
export function takeAdded(queue: number, unpacker: Unpacker, group: Packed): RecentMessage {
  const order = unpacker.number();
  const numbersAt = unpacker.numbersAt;
  unpacker.skip(ADDED_NUMBERS);
  return { queue, order, group, numbersAt, contentAt: unpacker.passContent(), isGone: false };
}

/** Takes a new state of a message. */
export function takeState({ group, numbersAt }: RecentMessage, unpacker: Unpacker): void {
  for (let at = 0; at < STATE_NUMBERS; at += 1) group.numbers[numbersAt + at] = unpacker.number();
}

/**
 * What a group did to the messages that were kept with it or before it, and what it said of its queues. All else that it did stands in its place
 * already, and so does what it says of messages that are not kept any more.
 */
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
      const message = recent.find(queue, unpacker.number());
      return message === undefined ? unpacker.skip(STATE_NUMBERS) : takeState(message, unpacker);
    }
    case CHANGE_CODES['message-removed']:
      return void recent.remove(queue, unpacker.number());
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
