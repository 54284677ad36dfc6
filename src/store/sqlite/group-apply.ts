import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert, present } from '../../base/assert.ts';
import type { BundleSizes } from './bundle-cutter.ts';
import { CHANGE_CODES, type PackedGroup } from './group-code.ts';
import { MessageRows, NOWHERE } from './message-rows.ts';
import { Unpacker } from './packed.ts';
import { blocksOf } from './block-code.ts';
import { STATE_NUMBERS, type Recent } from './recent.ts';
import { MOST_BLOCKS, RecentBlocks } from './recent-blocks.ts';
import { takeAdded } from './repeat.ts';
import { SendsTable } from './sends-table.ts';
import type { Slots } from './slots.ts';
import { prepareWrites } from './write.ts';

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
 * Writes the rows of a group, inside the writing thread and inside a transaction. What is said of messages comes to their rows some time
 * after its group, which is kept until then.
 */
export class GroupApply {
  readonly #slots: Slots;
  readonly #slotOf = new Map<number, number>();
  readonly #statements: ReturnType<typeof prepare>;
  readonly #slotRow: StatementSync;
  readonly #rows: MessageRows;
  readonly #sends: SendsTable;
  readonly #blocks: RecentBlocks;
  #recent: Recent;
  /** The group that is being applied is kept: what it says of messages need not come to their rows at once. */
  #isKept = false;

  constructor(database: DatabaseSync, slots: Slots, sizes: BundleSizes) {
    this.#slots = slots;
    this.#statements = prepare(database);
    this.#slotRow = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    this.#rows = new MessageRows(database, sizes);
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
    this.#rows.forget();
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
    const blocks = blocksOf(group);
    if (isLong(group)) {
      this.moveToRows();
      this.#applyAll(group, true);
      // In memory alone: it leaves at once.
      this.#recent.keep(this.#recent.nextNumber, blocks);
      return this.moveToRows();
    }
    this.#makeRoom(blocks);
    this.#applyAll(group, true);
    this.#blocks.keep(this.#recent, group);
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
    const { changes, messages } = this.#recent.takeDownTo(blocks);
    this.#rows.change(changes, (queue) => this.#slot(queue));
    for (const [queue, some] of Map.groupBy(messages, ({ queue }) => queue))
      this.#rows.insertAll(this.#slot(queue), some);
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
        return this.#move(queue, slot, unpacker, group);
      case CHANGE_CODES['message-removed']:
        return this.#remove(queue, slot, unpacker.number(), group);
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
    this.#leave(queue, slot);
  }

  /** Usually all that is there goes, and the queue goes on in another slot. */
  #purge(queue: number, slot: number, throughOrder: number): void {
    this.#recent.removeThrough(queue, throughOrder);
    if (slot === NOWHERE) return;
    if (this.#rows.hasBehind(slot, throughOrder)) {
      this.#rows.removeThrough(slot, throughOrder);
      return;
    }
    this.#statements.setSlot.run(this.#slots.take(), queue);
    this.#leave(queue, slot);
  }

  #add(queue: number, slot: number, unpacker: Unpacker, group: PackedGroup): void {
    if (slot === NOWHERE) return unpacker.skipAdded();
    const message = takeAdded(queue, unpacker, group);
    if (this.#isKept) this.#recent.add(message);
    else this.#rows.insert(slot, message);
  }

  #move(queue: number, slot: number, unpacker: Unpacker, group: PackedGroup): void {
    const order = unpacker.number();
    const stateAt = unpacker.numbersAt;
    unpacker.skip(STATE_NUMBERS);
    if (this.#isKept || this.#recent.find(queue, order) !== undefined)
      return this.#recent.move({ queue, order, group, stateAt, isGone: false });
    if (this.#recent.isRemoved(queue, order)) return;
    this.#recent.dropChange(queue, order);
    this.#rows.move(slot, order, group.numbers, stateAt);
  }

  #remove(queue: number, slot: number, order: number, group: PackedGroup): void {
    if (this.#isKept || this.#recent.find(queue, order) !== undefined)
      return this.#recent.remove({ queue, order, group, stateAt: undefined, isGone: false });
    this.#recent.dropChange(queue, order);
    this.#rows.remove(slot, order);
  }

  #leave(queue: number, slot: number): void {
    this.#slots.leave(slot);
    this.#slotOf.delete(queue);
    this.#rows.forgetSlot(slot);
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

function prepare(database: DatabaseSync) {
  return prepareWrites(database, {
    defineQueue: 'UPDATE queue SET definition = ? WHERE queue = ?',
    addQueue: 'INSERT INTO queue VALUES (?, ?, ?, 0, 1)',
    queueUsed: 'UPDATE platform SET next_queue = max(next_queue, ?)',
    deleteQueue: 'DELETE FROM queue WHERE queue = ?',
    setSlot: 'UPDATE queue SET slot = ? WHERE queue = ?',
    count: 'UPDATE queue SET messages = ?, next_order = ? WHERE queue = ?',
    platform: 'UPDATE platform SET durable_at_ms = max(durable_at_ms, ?), kept_from = ?',
  });
}
