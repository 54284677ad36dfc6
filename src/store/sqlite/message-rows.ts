import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { present } from '../../base/assert.ts';
import { contentOf } from './packed.ts';
import type { RecentMessage, RowChange } from './recent.ts';
import { MESSAGE_ID, ORDER_BITS, ORDER_MASK } from './slots.ts';
import { prepareWrites } from './write.ts';

/** The slot of a queue that is not there: nothing stands in it, and what is said of it comes too late. */
export const NOWHERE = 0;

/** Writes the two rows of each message. Inside transactions. */
export class MessageRows {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #later: StatementSync;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
    this.#later = database.prepare(
      `SELECT 1 FROM standing WHERE id > ${MESSAGE_ID} AND id <= (? << ${ORDER_BITS}) + ${ORDER_MASK} LIMIT 1`,
    );
  }

  insert(slot: number, { order, group, numbersAt: at, contentAt }: RecentMessage): void {
    if (slot === NOWHERE) return;
    const number = (which: number): number => numberAt(group.numbers, at + which);
    const state = [number(0), number(1), number(2), number(3), number(4)] as const;
    this.#statements.addStanding.run(slot, order, ...state, number(5), number(6), number(7));
    this.#statements.addMessage.run(slot, order, contentOf(group, contentAt));
  }

  /** Its state stands there. */
  move(slot: number, order: number, numbers: Float64Array, stateAt: number): void {
    const number = (which: number): number => numberAt(numbers, stateAt + which);
    this.#statements.move.run(number(0), number(1), number(2), number(3), number(4), slot, order);
  }

  /** All from one place through another. */
  remove(slot: number, first: number, last: number): void {
    const { removeStanding, removeMessage, removeStandingRun, removeMessageRun } = this.#statements;
    if (first === last) {
      removeStanding.run(slot, first);
      removeMessage.run(slot, first);
    } else {
      removeStandingRun.run(slot, first, slot, last);
      removeMessageRun.run(slot, first, slot, last);
    }
  }

  /** True when messages stand behind this place. */
  hasBehind(slot: number, order: number): boolean {
    return this.#later.get(slot, order, slot) !== undefined;
  }

  /** What is removed gives its room first. Places that follow each other go at once. */
  change(changes: readonly RowChange[], slotOf: (queue: number) => number): void {
    const removed = changes.filter(({ stateAt }) => stateAt === undefined);
    removed.sort((one, other) => one.queue - other.queue || one.order - other.order);
    for (let at = 0; at < removed.length;) {
      const { queue, order: first } = present(removed[at], 'what is removed');
      let last = first;
      for (at += 1; removed[at]?.queue === queue && removed[at]?.order === last + 1; at += 1) last += 1;
      this.remove(slotOf(queue), first, last);
    }
    for (const { queue, order, group, stateAt } of changes)
      if (stateAt !== undefined) this.move(slotOf(queue), order, group.numbers, stateAt);
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
