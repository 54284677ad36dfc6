import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert, present } from '../../base/assert.ts';
import { CHANGE_CODES, type PackedGroup } from './group-code.ts';
import { Unpacker } from './packed.ts';
import { SendsTable } from './sends-table.ts';
import { ORDER_BITS, ORDER_MASK, type Slots } from './slots.ts';
import { Write } from './write.ts';

/** `(slot << 43) | order`, as parameters. */
const ID = `((? << ${ORDER_BITS}) | ?)`;

/** The slot of a queue that is not there: nothing stands in it, and what is said of it comes too late. */
const NOWHERE = 0;

/** Writes the rows of a group, inside the writing thread and inside a transaction. */
export class GroupApply {
  readonly #slots: Slots;
  readonly #slotOf = new Map<number, number>();
  readonly #statements: Statements;
  readonly #slotRow: StatementSync;
  readonly #later: StatementSync;
  readonly #sends: SendsTable;

  constructor(database: DatabaseSync, slots: Slots) {
    this.#slots = slots;
    this.#statements = prepare(database);
    this.#slotRow = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    this.#later = database.prepare(
      `SELECT 1 FROM standing WHERE id > ${ID} AND id <= (? << ${ORDER_BITS}) + ${ORDER_MASK} LIMIT 1`,
    );
    this.#sends = new SendsTable(database);
  }

  /** What is remembered of rows may be wrong: a transaction was rolled back. */
  forget(): void {
    this.#slotOf.clear();
  }

  apply(group: PackedGroup): void {
    const unpacker = new Unpacker(group);
    const texts = group.texts.values();
    while (!unpacker.isAtEnd) {
      const code = unpacker.number();
      const queue = unpacker.number();
      if (code === CHANGE_CODES['queue-written']) {
        this.#writeQueue(queue, present(texts.next().value, 'the definition'));
      } else {
        this.#change(code, queue, unpacker);
      }
    }
    this.#sends.forgetOld(group.atMs);
    this.#statements.durableAt.run(group.atMs);
  }

  #change(code: number, queue: number, unpacker: Unpacker): void {
    const slot = this.#slot(queue);
    switch (code) {
      case CHANGE_CODES['message-added']:
        return this.#add(slot, unpacker);
      case CHANGE_CODES['message-moved']:
        return this.#move(slot, unpacker);
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
    if (slot === NOWHERE) return;
    this.#statements.deleteQueue.run(queue);
    this.#slots.leave(slot);
    this.#slotOf.delete(queue);
  }

  /** Usually all that is there goes, and the queue goes on in another slot. */
  #purge(queue: number, slot: number, throughOrder: number): void {
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

  #add(slot: number, unpacker: Unpacker): void {
    if (slot === NOWHERE) return unpacker.skipAdded();
    const order = unpacker.number();
    this.#statements.addStanding.run(
      slot,
      order,
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
      unpacker.number(),
    );
    this.#statements.addMessage.run(slot, order, unpacker.content());
  }

  #move(slot: number, unpacker: Unpacker): void {
    const order = unpacker.number();
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
    let last = first;
    while (unpacker.takes(CHANGE_CODES['message-removed'], queue, last + 1)) last += 1;
    const { removeStanding, removeMessage, removeStandingRun, removeMessageRun } = this.#statements;
    if (first === last) {
      removeStanding.run(slot, first);
      removeMessage.run(slot, first);
    } else {
      removeStandingRun.run(slot, first, slot, last);
      removeMessageRun.run(slot, first, slot, last);
    }
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
