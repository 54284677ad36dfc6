import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert, present } from '../../base/assert.ts';
import { CHANGE_CODES, type PackedGroup } from './group-code.ts';
import { contentOf, Unpacker } from './packed.ts';
import { blocksOf } from './block-code.ts';
import type { Recent, RecentMessage } from './recent.ts';
import { MOST_BLOCKS, RecentBlocks } from './recent-blocks.ts';
import { takeAdded, takeState } from './repeat.ts';
import { SendsTable } from './sends-table.ts';
import { ORDER_BITS, ORDER_MASK, type Slots } from './slots.ts';
import { Write } from './write.ts';

/** `(slot << 43) | order`, as parameters. */
const ID = `((? << ${ORDER_BITS}) | ?)`;

/** The slot of a queue that is not there: nothing stands in it, and what is said of it comes too late. */
const NOWHERE = 0;

/**
 * When there is no room for a group, so many blocks are left of those before it: rows written together share their pages, but whoever waits for a
 * commit waits for them too.
 */
const BLOCKS_LEFT = MOST_BLOCKS - 16;

/** A group with more blocks is not kept. */
const MOST_BLOCKS_OF_GROUP = MOST_BLOCKS / 2;

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
  readonly #blocks: RecentBlocks;
  #recent: Recent;
  /** The group that is being applied is kept: the messages that it adds need not come to their rows at once. */
  #isKept = false;

  constructor(database: DatabaseSync, slots: Slots) {
    this.#slots = slots;
    this.#statements = prepare(database);
    this.#slotRow = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    this.#later = database.prepare(
      `SELECT 1 FROM standing WHERE id > ${ID} AND id <= (? << ${ORDER_BITS}) + ${ORDER_MASK} LIMIT 1`,
    );
    this.#sends = new SendsTable(database);
    this.#blocks = new RecentBlocks(database);
    this.#recent = this.#blocks.load();
  }

  /** True when all messages are in their rows, and the rows say all that groups said. */
  get areAllInRows(): boolean {
    return this.#recent.isEmpty;
  }

  /** What is remembered of rows may be wrong: a transaction was rolled back. */
  forget(): void {
    this.#slotOf.clear();
    this.#recent = this.#blocks.load();
  }

  /** Brings all messages to their rows, and what groups say of their queues. */
  moveToRows(): void {
    this.#moveToRowsDownTo(0);
  }

  /** The same where there may be no room: all blocks give theirs first. */
  moveToRowsInLittleRoom(): void {
    this.#blocks.giveBack();
    this.moveToRows();
  }

  /** Applies a group. It is kept for a while as it came, unless its messages are long. */
  apply(group: PackedGroup): void {
    const isKept = !isLong(group);
    if (!isKept) this.moveToRows();
    else this.#makeRoom(blocksOf(group));
    this.#applyAll(group, isKept);
    if (isKept) this.#blocks.keep(this.#recent, group);
    else this.#writeCounts(Infinity);
  }

  /** Where there is no room to keep the group: what was kept takes less of it, the more the group removes. */
  applyInLittleRoom(group: PackedGroup): void {
    this.#applyAll(group, false);
    this.#blocks.join(this.#recent);
    this.#writeCounts(Infinity);
  }

  #makeRoom(blocks: number): void {
    if (this.#recent.blocks + blocks <= MOST_BLOCKS) return;
    this.#moveToRowsDownTo(Math.min(BLOCKS_LEFT, MOST_BLOCKS - blocks));
  }

  /** Groups go oldest first. */
  #moveToRowsDownTo(blocks: number): void {
    const left: RecentMessage[] = [];
    while (this.#recent.blocks > blocks) left.push(...this.#recent.takeOldest());
    for (const message of left) this.#insert(this.#slot(message.queue), message);
    this.#writeCounts(this.#recent.keptFrom);
  }

  /** What groups before this number said of their queues comes to its rows, unless a later one says it again. */
  #writeCounts(before: number): void {
    const { count, platform } = this.#statements;
    for (const { messages, nextOrder, queue } of this.#recent.counts.takeBefore(before))
      count.run(messages, nextOrder, queue);
    platform.run(this.#recent.lastAtMs, this.#recent.keptFrom);
  }

  #applyAll(group: PackedGroup, isKept: boolean): void {
    this.#isKept = isKept;
    this.#recent.noteTime(group.atMs);
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
        return this.#count(queue, unpacker);
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

  #count(queue: number, unpacker: Unpacker): void {
    const [messages, nextOrder] = [unpacker.number(), unpacker.number()];
    this.#recent.counts.note(queue, { messages, nextOrder, group: this.#recent.nextNumber });
  }

  #deleteQueue(queue: number, slot: number): void {
    this.#recent.removeThrough(queue, Infinity);
    this.#recent.counts.drop(queue);
    if (slot === NOWHERE) return;
    this.#statements.deleteQueue.run(queue);
    this.#slots.leave(slot);
    this.#slotOf.delete(queue);
  }

  /** Usually all that is there goes, and the queue goes on in another slot. */
  #purge(queue: number, slot: number, throughOrder: number): void {
    this.#recent.removeThrough(queue, throughOrder);
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
    if (this.#isKept) this.#recent.add(message);
    else this.#insert(slot, message);
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
    if (recent !== undefined) return takeState(recent, unpacker);
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
    if (this.#recent.remove(queue, first) !== undefined) return;
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
function isLong(group: PackedGroup): boolean {
  const { numbers, bytes } = group;
  return bytes.byteLength > numbers.length * MOST_BYTES_PER_NUMBER || blocksOf(group) > MOST_BLOCKS_OF_GROUP;
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
    platform: 'UPDATE platform SET durable_at_ms = max(durable_at_ms, ?), kept_from = ?',
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
