import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { present } from '../../base/assert.ts';
import { freeBytes } from '../../base/free-bytes.ts';
import type { BundleSizes } from './bundle-cutter.ts';
import { BundleRows } from './bundle-rows.ts';
import { contentOf } from './packed.ts';
import type { RecentMessage, RowChange } from './recent.ts';
import { MESSAGE_ID, ORDER_BITS, ORDER_MASK } from './slots.ts';
import { prepareWrites } from './write.ts';

/** The slot of a queue that is not there: nothing stands in it, and what is said of it comes too late. */
export const NOWHERE = 0;

/** Writes messages: those that nobody has touched in bundles, others in two rows of their own. Inside transactions. */
export class MessageRows {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #later: StatementSync;
  readonly #bundles: BundleRows;

  constructor(database: DatabaseSync, sizes: BundleSizes) {
    this.#statements = prepare(database);
    this.#bundles = new BundleRows(database, sizes);
    this.#later = database.prepare(
      `SELECT 1 FROM standing WHERE id > ${MESSAGE_ID} AND id <= (? << ${ORDER_BITS}) + ${ORDER_MASK} LIMIT 1`,
    );
  }

  /** What is remembered of rows may be wrong: a transaction was rolled back. */
  forget(): void {
    this.#bundles.forget();
  }

  /** The slot is left, and may hold another queue when it is next heard of. */
  forgetSlot(slot: number): void {
    this.#bundles.forgetSlot(slot);
  }

  /** Messages of one slot, in their order. */
  insertAll(slot: number, messages: readonly RecentMessage[]): void {
    if (slot === NOWHERE) return;
    this.#bundles.insert(slot, messages, (message) => this.insert(slot, message));
  }

  /** A message that stands alone. */
  insert(slot: number, { order, group, numbersAt: at, contentAt }: RecentMessage): void {
    if (slot === NOWHERE) return;
    const number = (which: number): number => numberAt(group.numbers, at + which);
    const state = [number(0), number(1), number(2), number(3), number(4)] as const;
    this.#statements.addStanding.run(slot, order, ...state, number(5), number(6), number(7));
    this.#statements.addMessage.run(slot, order, contentOf(group, contentAt));
  }

  /** Its state stands there. */
  move(slot: number, order: number, numbers: Float64Array, stateAt: number): void {
    this.#move(slot, order, numbers, stateAt);
    this.#bundles.write();
  }

  /** A message, if it is there. */
  remove(slot: number, order: number): void {
    if (this.#bundles.remove(slot, order)) this.#bundles.write();
    else this.#removeRows(slot, order, order);
  }

  /** All up to a place. */
  removeThrough(slot: number, order: number): void {
    this.#bundles.removeThrough(slot, order);
    this.#removeRows(slot, 0, order);
  }

  /** True when messages stand behind this place. */
  hasBehind(slot: number, order: number): boolean {
    return this.#later.get(slot, order, slot) !== undefined || this.#bundles.hasBehind(slot, order);
  }

  /** What is removed gives its room first. Rows of places that follow each other go at once. */
  change(changes: readonly RowChange[], slotOf: (queue: number) => number): void {
    const inOrder = changes.toSorted((one, other) => one.queue - other.queue || one.order - other.order);
    const removed = inOrder.filter(({ stateAt }) => stateAt === undefined);
    const alone = removed.filter(({ queue, order }) => !this.#bundles.remove(slotOf(queue), order));
    this.#bundles.write();
    for (let at = 0; at < alone.length;) {
      const { queue, order: first } = present(alone[at], 'what is removed');
      let last = first;
      for (at += 1; alone[at]?.queue === queue && alone[at]?.order === last + 1; at += 1) last += 1;
      this.#removeRows(slotOf(queue), first, last);
    }
    for (const { queue, order, group, stateAt } of inOrder)
      if (stateAt !== undefined) this.#move(slotOf(queue), order, group.numbers, stateAt);
    this.#bundles.write();
  }

  /** All from one place through another. */
  #removeRows(slot: number, first: number, last: number): void {
    const { removeStanding, removeMessage, removeStandingRun, removeMessageRun } = this.#statements;
    if (first === last) {
      removeStanding.run(slot, first);
      removeMessage.run(slot, first);
    } else {
      removeStandingRun.run(slot, first, slot, last);
      removeMessageRun.run(slot, first, slot, last);
    }
  }

  /** A message of a bundle leaves it for rows of its own. */
  #move(slot: number, order: number, numbers: Float64Array, stateAt: number): void {
    const number = (which: number): number => numberAt(numbers, stateAt + which);
    const state = [number(0), number(1), number(2), number(3), number(4)] as const;
    const bundled = this.#bundles.takeOut(slot, order);
    if (bundled === undefined) return this.#statements.move.run(...state, slot, order);
    const { sentAtMs, sizeBytes, lane, content } = bundled;
    this.#statements.addStanding.run(slot, order, ...state, sentAtMs, sizeBytes, lane);
    this.#statements.addMessage.run(slot, order, content);
    freeBytes(content);
  }
}

function numberAt(numbers: Float64Array, at: number): number {
  return present(numbers[at], 'a number of the message');
}

function prepare(database: DatabaseSync) {
  return prepareWrites(database, {
    addStanding: `INSERT INTO standing VALUES (${MESSAGE_ID}, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))`,
    addMessage: `INSERT INTO message VALUES (${MESSAGE_ID}, ?)`,
    move:
      'UPDATE standing SET visible_at_ms = ?, holder = ?, receive_count = ?, first_received_at_ms = ?, ' +
      `leased_at_ms = ? WHERE id = ${MESSAGE_ID}`,
    removeStanding: `DELETE FROM standing WHERE id = ${MESSAGE_ID}`,
    removeMessage: `DELETE FROM message WHERE id = ${MESSAGE_ID}`,
    removeStandingRun: `DELETE FROM standing WHERE id BETWEEN ${MESSAGE_ID} AND ${MESSAGE_ID}`,
    removeMessageRun: `DELETE FROM message WHERE id BETWEEN ${MESSAGE_ID} AND ${MESSAGE_ID}`,
  });
}
