import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { REMEMBERED_MS, REMEMBERED_SPAN_MS } from '../change.ts';
import { Write } from './write.ts';

/** Rows forgotten with a group besides two for each that it adds. */
const FORGOTTEN_WITH_GROUP = 4;

/** What FIFO queues remember of their sends: rows are added at the end and forgotten at the beginning. Inside transactions. */
export class SendsTable {
  readonly #add: Write;
  readonly #forget: Write;
  readonly #oldest: StatementSync;
  /** No row is older; Infinity when the table is empty, as on most platforms, which have no FIFO queue. */
  #oldestAtMs: number;
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
    this.#oldest = database.prepare('SELECT at_ms FROM remembered_sends ORDER BY number LIMIT 1');
    this.#oldestAtMs = this.#readOldest();
  }

  add(queue: number, firstOrder: number, atMs: number, keys: Uint8Array): void {
    this.#add.run(queue, firstOrder, atMs, keys);
    this.#oldestAtMs = Math.min(this.#oldestAtMs, atMs);
    this.#added += 1;
  }

  /** Forgets a few of the rows that count no more; once for each group. */
  forgetOld(nowMs: number): void {
    const limit = FORGOTTEN_WITH_GROUP + 2 * this.#added;
    this.#added = 0;
    const beforeMs = nowMs - REMEMBERED_MS - REMEMBERED_SPAN_MS;
    if (this.#oldestAtMs >= beforeMs) return;
    this.#forget.run(beforeMs, limit);
    this.#oldestAtMs = this.#readOldest();
  }

  #readOldest(): number {
    return Number(this.#oldest.get()?.['at_ms'] ?? Infinity);
  }
}
