import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert, present } from '../../base/assert.ts';
import { CHANGE_CODES, type PackedGroup } from './group-code.ts';
import { contentOf, Unpacker } from './packed.ts';
import type { Recent, RecentMessage } from './recent.ts';
import { RecentTable, sizeBytesOf, takeAdded, takeState } from './recent-table.ts';
import { SendsTable } from './sends-table.ts';
import { ORDER_BITS, ORDER_MASK, type Slots } from './slots.ts';
import { Write } from './write.ts';

/** `(slot << 43) | order`, as parameters. */
const ID = `((? << ${ORDER_BITS}) | ?)`;

/** The slot of a queue that is not there: nothing stands in it, and what is said of it comes too late. */
const NOWHERE = 0;

/** Bytes of groups that are kept as they came. */
const MOST_RECENT_BYTES = 768 * 1024;

/** Beyond them some groups move at once, down to this: rows written together share their pages, but whoever waits for a commit waits for them too. */
const RECENT_BYTES_LEFT = 704 * 1024;

/** A group with more bytes for each of its numbers has long messages, whose rows are the smaller part of what they cost. */
const MOST_BYTES_PER_NUMBER = 128;

/**
 * Writes the rows of a group, inside the writing thread and inside a transaction. Messages come to their rows some time after their group,
 * which is kept until then.
 */
export class GroupApply {
  readonly #slots: Slots;
  readonly #slotOf = new Map<number, number>();
  readonly #statements: Statements;
  readonly #slotRow: StatementSync;
  readonly #later: StatementSync;
  readonly #sends: SendsTable;
  readonly #recentTable: RecentTable;
  #recent: Recent;
  /** The messages of the group that is being applied need not come to their rows at once. */
  #mayKeep = false;
  /** The group says something of a message that is not in its row: it must be kept. */
  #mustKeep = false;

  constructor(database: DatabaseSync, slots: Slots) {
    this.#slots = slots;
    this.#statements = prepare(database);
    this.#slotRow = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    this.#later = database.prepare(
      `SELECT 1 FROM standing WHERE id > ${ID} AND id <= (? << ${ORDER_BITS}) + ${ORDER_MASK} LIMIT 1`,
    );
    this.#sends = new SendsTable(database);
    this.#recentTable = new RecentTable(database);
    this.#recent = this.#recentTable.load();
  }

  /** True when all messages are in their rows. */
  get areAllInRows(): boolean {
    return this.#recent.isEmpty;
  }

  /** What is remembered of rows may be wrong: a transaction was rolled back. */
  forget(): void {
    this.#slotOf.clear();
    this.#recent = this.#recentTable.load();
  }

  /** Brings all messages to their rows. */
  moveToRows(): void {
    this.#moveToRowsDownTo(0);
  }

  /** Applies a group. The messages that it adds are kept in it for a while, unless they are long. */
  apply(group: PackedGroup): void {
    const isKept = !isLong(group);
    if (!isKept) this.moveToRows();
    else if (this.#recent.sizeBytes > MOST_RECENT_BYTES) this.#moveToRowsDownTo(RECENT_BYTES_LEFT);
    this.#applyAll(group, isKept);
    if (this.#mustKeep) this.#keep(group);
  }

  /** Where there is no room to keep the group: what was kept takes less of it, the more the group removes. */
  applyInLittleRoom(group: PackedGroup): void {
    this.#applyAll(group, false);
    this.#recentTable.join(this.#recent);
  }

  #keep(group: PackedGroup): void {
    const number = this.#recent.nextNumber;
    this.#recentTable.keep(number, group);
    this.#recent.keep(number, sizeBytesOf(group));
  }

  /** Groups go oldest first. All their room is free before any is taken by what is left of them. */
  #moveToRowsDownTo(sizeBytes: number): void {
    const left: RecentMessage[] = [];
    while (this.#recent.sizeBytes > sizeBytes) {
      const oldest = this.#recent.takeOldest();
      this.#recentTable.drop(oldest.number);
      left.push(...oldest.left);
    }
    for (const message of left) this.#insert(this.#slot(message.queue), message);
  }

  #applyAll(group: PackedGroup, mayKeep: boolean): void {
    this.#mayKeep = mayKeep;
    this.#mustKeep = false;
    const unpacker = new Unpacker(group);
    const texts = group.texts.values();
    while (!unpacker.isAtEnd) {
      const code = unpacker.number();
      const queue = unpacker.number();
      if (code === CHANGE_CODES['queue-written']) {
        this.#writeQueue(queue, present(texts.next().value, 'the definition'));
      } else {
        this.#change(code, queue, unpacker, group);
      }
    }
    this.#sends.forgetOld(group.atMs);
    this.#statements.durableAt.run(group.atMs);
  }

  #change(code: number, queue: number, unpacker: Unpacker, group: PackedGroup): void {
    const slot = this.#slot(queue);
    switch (code) {
      case CHANGE_CODES['message-added']:
        return this.#add(queue, slot, unpacker, group);
      case CHANGE_CODES['message-moved']:
        return this.#move(queue, slot, unpacker);
      case CHANGE_CODES['message-removed']:
        return this.#remove(queue, slot, unpacker);
      case CHANGE_CODES.counted:
        this.#statements.count.run(unpacker.number(), unpacker.number(), queue);
        return;
      case CHANGE_CODES['sends-remembered']:
        return this.#sends.add(queue, unpacker.number(), unpacker.number(), unpacker.content());
      case CHANGE_CODES.purged:
        return this.#purge(queue, slot, unpacker.number());
      case CHANGE_CODES['queue-deleted']:
        return this.#deleteQueue(queue, slot);
      default:
        assert(false, `change ${code} is known`);
    }
  }

  #writeQueue(queue: number, definition: string): void {
    if (this.#statements.defineQueue.count(definition, queue) === 1) return;
    this.#statements.addQueue.run(queue, this.#slots.take(), definition);
    this.#statements.queueUsed.run(queue + 1);
  }

  #deleteQueue(queue: number, slot: number): void {
    if (this.#recent.removeThrough(queue, Infinity)) this.#mustKeep = true;
    if (slot === NOWHERE) return;
    this.#statements.deleteQueue.run(queue);
    this.#slots.leave(slot);
    this.#slotOf.delete(queue);
  }

  /** Usually all that is there goes, and the queue goes on in another slot. */
  #purge(queue: number, slot: number, throughOrder: number): void {
    if (this.#recent.removeThrough(queue, throughOrder)) this.#mustKeep = true;
    if (slot === NOWHERE) return;
    const isAll = this.#later.get(slot, throughOrder, slot) === undefined;
    if (!isAll) {
      this.#statements.removeMessages.run(slot, slot, throughOrder);
      this.#statements.removeStandings.run(slot, slot, throughOrder);
      return;
    }
    this.#statements.setSlot.run(this.#slots.take(), queue);
    this.#slots.leave(slot);
    this.#slotOf.delete(queue);
  }

  #add(queue: number, slot: number, unpacker: Unpacker, group: PackedGroup): void {
    if (slot === NOWHERE) return unpacker.skipAdded();
    const message = takeAdded(queue, unpacker, group);
    if (!this.#mayKeep) return this.#insert(slot, message);
    this.#recent.add(message);
    this.#mustKeep = true;
  }

  #insert(slot: number, { order, group, numbersAt: at, contentAt }: RecentMessage): void {
    if (slot === NOWHERE) return;
    const { numbers } = group;
    const number = (which: number): number => present(numbers[at + which], 'a number of the message');
    this.#statements.addStanding.run(
      ...[
        slot,
        order,
        number(0),
        number(1),
        number(2),
        number(3),
        number(4),
        number(5),
        number(6),
        number(7),
      ],
    );
    this.#statements.addMessage.run(slot, order, contentOf(group, contentAt));
  }

  #move(queue: number, slot: number, unpacker: Unpacker): void {
    const order = unpacker.number();
    const recent = this.#recent.find(queue, order);
    if (recent !== undefined) {
      this.#mustKeep = true;
      return takeState(recent, unpacker);
    }
    this.#statements.move.run(
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      slot,
      order,
    );
  }

  /** What is removed one after the other goes at once: receives hand out in order, and batches settle what they got. */
  #remove(queue: number, slot: number, unpacker: Unpacker): void {
    const first = unpacker.number();
    if (this.#recent.remove(queue, first) !== undefined) {
      this.#mustKeep = true;
      return;
    }
    let last = first;
    while (this.#isNextOfRun(queue, last + 1, unpacker)) last += 1;
    const { removeStanding, removeMessage, removeStandingRun, removeMessageRun } = this.#statements;
    if (first === last) {
      removeStanding.run(slot, first);
      removeMessage.run(slot, first);
    } else {
      removeStandingRun.run(slot, first, slot, last);
      removeMessageRun.run(slot, first, slot, last);
    }
  }

  #isNextOfRun(queue: number, order: number, unpacker: Unpacker): boolean {
    if (this.#recent.find(queue, order) !== undefined) return false;
    return unpacker.takes(CHANGE_CODES['message-removed'], queue, order);
  }

  #slot(queue: number): number {
    const known = this.#slotOf.get(queue);
    if (known !== undefined) return known;
    const slot = this.#slotRow.get(queue)?.['slot'];
    if (typeof slot !== 'number') return NOWHERE;
    this.#slotOf.set(queue, slot);
    return slot;
  }
}

/** True for a group that is not worth keeping. */
function isLong({ numbers, bytes }: PackedGroup): boolean {
  return (
    bytes.byteLength > MOST_RECENT_BYTES / 2 || bytes.byteLength > numbers.length * MOST_BYTES_PER_NUMBER
  );
}

type Statements = Readonly<Record<keyof ReturnType<typeof texts>, Write>>;

function prepare(database: DatabaseSync): Statements {
  const prepared = Object.entries(texts()).map(([name, text]) => [name, new Write(database, text)]);
  return Object.fromEntries(prepared) as Statements;
}

function texts() {
  return {
    defineQueue: 'UPDATE queue SET definition = ? WHERE queue = ?',
    addQueue: 'INSERT INTO queue VALUES (?, ?, ?, 0, 1)',
    queueUsed: 'UPDATE platform SET next_queue = max(next_queue, ?)',
    deleteQueue: 'DELETE FROM queue WHERE queue = ?',
    setSlot: 'UPDATE queue SET slot = ? WHERE queue = ?',
    count: 'UPDATE queue SET messages = ?, next_order = ? WHERE queue = ?',
    durableAt: 'UPDATE platform SET durable_at_ms = ?',
    addStanding: `INSERT INTO standing VALUES (${ID}, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))`,
    addMessage: `INSERT INTO message VALUES (${ID}, ?)`,
    move:
      'UPDATE standing SET visible_at_ms = ?, holder = ?, receive_count = ?, first_received_at_ms = ?, ' +
      `leased_at_ms = ? WHERE id = ${ID}`,
    removeStanding: `DELETE FROM standing WHERE id = ${ID}`,
    removeMessage: `DELETE FROM message WHERE id = ${ID}`,
    removeStandingRun: `DELETE FROM standing WHERE id BETWEEN ${ID} AND ${ID}`,
    removeMessageRun: `DELETE FROM message WHERE id BETWEEN ${ID} AND ${ID}`,
    removeStandings: `DELETE FROM standing WHERE id BETWEEN (? << ${ORDER_BITS}) AND ${ID}`,
    removeMessages: `DELETE FROM message WHERE id BETWEEN (? << ${ORDER_BITS}) AND ${ID}`,
  };
}
