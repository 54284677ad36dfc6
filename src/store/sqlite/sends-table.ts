import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { REMEMBERED_MS, REMEMBERED_SPAN_MS } from '../change.ts';
import { Write } from './write.ts';

/** Rows forgotten with a group besides two for each that it adds. */
const FORGOTTEN_WITH_GROUP = 4;

/** What FIFO queues remember of their sends: rows are added at the end and forgotten at the beginning. Inside transactions. */
export class SendsTable {
  readonly #add: Write;
  readonly #forget: Write;
  readonly #any: StatementSync;
  /** False only when the table is empty: most platforms have no FIFO queue. */
  #mayHold: boolean;
  #added = 0;

  constructor(database: DatabaseSync) {
    this.#add = new Write(
      database,
      'INSERT INTO remembered_sends (queue, first_order, at_ms, keys) VALUES (?, ?, ?, ?)',
    );
    this.#forget = new Write(
      database,
      'DELETE FROM remembered_sends WHERE at_ms < ? AND number IN ' +
        '(SELECT number FROM remembered_sends ORDER BY number LIMIT ?)',
    );
    this.#any = database.prepare('SELECT number FROM remembered_sends LIMIT 1');
    this.#mayHold = this.#any.get() !== undefined;
  }

  add(queue: number, firstOrder: number, atMs: number, keys: Uint8Array): void {
    this.#add.run(queue, firstOrder, atMs, keys);
    this.#mayHold = true;
    this.#added += 1;
  }

  /** Forgets a few of the rows that count no more; once for each group. */
  forgetOld(nowMs: number): void {
    if (!this.#mayHold) return;
    const limit = FORGOTTEN_WITH_GROUP + 2 * this.#added;
    const changes = this.#forget.count(nowMs - REMEMBERED_MS - REMEMBERED_SPAN_MS, limit);
    if (changes > 0) this.#mayHold = this.#any.get() !== undefined;
    this.#added = 0;
  }
}
