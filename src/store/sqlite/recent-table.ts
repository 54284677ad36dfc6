import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CHANGE_CODES } from './group-code.ts';
import { contentOf, Packer, Unpacker, type Packed } from './packed.ts';
import { ADDED_NUMBERS, Recent, STATE_NUMBERS, type RecentMessage } from './recent.ts';
import { Write } from './write.ts';

/** The groups that are kept as they came, a row for each. Inside transactions. */
export class RecentTable {
  readonly #keep: Write;
  readonly #drop: Write;
  readonly #all: StatementSync;

  constructor(database: DatabaseSync) {
    this.#keep = new Write(database, 'INSERT INTO recent_group VALUES (?, ?, ?)');
    this.#drop = new Write(database, 'DELETE FROM recent_group WHERE number = ?');
    this.#all = database.prepare('SELECT number, numbers, bytes FROM recent_group ORDER BY number');
  }

  keep(number: number, { numbers, bytes }: Packed): void {
    this.#keep.run(number, numbers, bytes);
  }

  /** Keeps what is left of all groups as one: in less room, when something of them has gone. */
  join(recent: Recent): void {
    for (const number of recent.numbers) this.drop(number);
    const group = packedAgain(recent.left());
    const number = recent.nextNumber;
    if (group.numbers.length > 0) this.keep(number, group);
    recent.join(number, sizeBytesOf(group));
  }

  drop(number: number): void {
    this.#drop.run(number);
  }

  /** What the rows hold. */
  load(): Recent {
    const recent = new Recent();
    for (const row of this.#all.all()) {
      const group = {
        numbers: new Float64Array(new Uint8Array(row['numbers'] as Uint8Array).buffer),
        bytes: new Uint8Array(row['bytes'] as Uint8Array),
      };
      repeat(recent, group);
      recent.keep(row['number'] as number, sizeBytesOf(group));
    }
    return recent;
  }
}

/** What a group counts while it is kept. */
export function sizeBytesOf({ numbers, bytes }: Packed): number {
  return numbers.byteLength + bytes.byteLength;
}

/** Messages as a group that adds them. */
function packedAgain(messages: readonly RecentMessage[]): Packed {
  const packer = new Packer();
  for (const { queue, order, group, numbersAt, contentAt } of messages) {
    for (const number of [CHANGE_CODES['message-added'], queue, order]) packer.number(number);
    for (const number of group.numbers.subarray(numbersAt, numbersAt + ADDED_NUMBERS)) packer.number(number);
    packer.content(contentOf(group, contentAt));
  }
  return packer.packed();
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
 * What a group did to the messages that were kept with it or before it. All else that it did stands in its place already, and so does
 * what it says of messages that are not kept any more.
 */
function repeat(recent: Recent, group: Packed): void {
  const unpacker = new Unpacker(group);
  while (!unpacker.isAtEnd) {
    const code = unpacker.number();
    repeatOne(recent, { code, queue: unpacker.number(), group }, unpacker);
  }
}

function repeatOne(
  recent: Recent,
  { code, queue, group }: { readonly code: number; readonly queue: number; readonly group: Packed },
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
      return void recent.removeThrough(queue, unpacker.number());
    case CHANGE_CODES['queue-deleted']:
      return void recent.removeThrough(queue, Infinity);
    case CHANGE_CODES.counted:
      return unpacker.skip(2);
    case CHANGE_CODES['sends-remembered']:
      unpacker.skip(2);
      return void unpacker.content();
    default:
      // The definition of a queue does not stand among the numbers.
      return;
  }
}
