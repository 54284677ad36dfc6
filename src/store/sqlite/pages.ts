import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addRow, arrays, PLACE_COLUMNS } from './stored-queues.ts';
import { Packer, type Packed } from './packed.ts';
import { ORDER_BITS } from './slots.ts';

/** A question for a page, in plain numbers. */
export interface PageAsk {
  readonly queue: number;
  readonly afterMs: number;
  readonly afterOrder: number;
  readonly visibleBeforeMs: number;
  readonly limit: number;
  readonly limitSizeBytes: number;
}

/** Rows, and the time that the first row not among them stands at. */
export interface PackedPage extends Packed {
  readonly nextMs: number | undefined;
}

const ID = `((? << ${ORDER_BITS}) | ?)`;
const AFTER = `standing.id >> ${ORDER_BITS} = ? AND (visible_at_ms, standing.id) > (?, ${ID})`;
export const WITH_CONTENT = `SELECT ${PLACE_COLUMNS}, size_bytes, content FROM standing JOIN message USING (id)`;

/** The place of `size_bytes` in a row. */
export const SIZE_AT = 8;

/** Reads waiting messages, on a connection of its own. Each answer is of one moment: one transaction. */
export class Pages {
  readonly #database: DatabaseSync;
  readonly #slot: StatementSync;
  readonly #line: StatementSync;
  readonly #next: StatementSync;
  readonly #at: StatementSync;
  readonly #oldest: StatementSync;
  readonly #age: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#slot = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    this.#line = arrays(
      database,
      `${WITH_CONTENT} WHERE ${AFTER} AND visible_at_ms < ? ORDER BY visible_at_ms, standing.id LIMIT ?`,
    );
    this.#next = database.prepare(
      `SELECT visible_at_ms FROM standing WHERE ${AFTER} ORDER BY visible_at_ms, id LIMIT 1`,
    );
    this.#at = arrays(database, `${WITH_CONTENT} WHERE standing.id = ${ID}`);
    const oldest = `FROM standing WHERE id >> ${ORDER_BITS} = ?`;
    this.#oldest = arrays(
      database,
      `SELECT ${PLACE_COLUMNS} ${oldest} AND sent_at_ms < ? ORDER BY sent_at_ms, id LIMIT ?`,
    );
    this.#age = database.prepare(`SELECT sent_at_ms ${oldest} ORDER BY sent_at_ms, id LIMIT 1 OFFSET ?`);
  }

  page(ask: PageAsk): PackedPage {
    return this.#atOneMoment(ask.queue, (slot) => {
      const packer = new Packer();
      let last = { ms: ask.afterMs, order: ask.afterOrder };
      let sizeBytes = 0;
      let count = 0;
      const { afterMs, afterOrder, visibleBeforeMs, limit } = ask;
      for (const each of this.#line.iterate(slot, afterMs, slot, afterOrder, visibleBeforeMs, limit)) {
        const row = each as unknown as readonly (number | Uint8Array)[];
        sizeBytes += row[SIZE_AT] as number;
        if (count > 0 && sizeBytes > ask.limitSizeBytes) break;
        addRow(packer, row);
        count++;
        last = { ms: row[1] as number, order: row[0] as number };
      }
      const nextMs = this.#next.get(slot, last.ms, slot, last.order)?.['visible_at_ms'] as number | undefined;
      return { ...packer.packed(), nextMs };
    });
  }

  read(queue: number, orders: readonly number[]): PackedPage {
    return this.#atOneMoment(queue, (slot) => {
      const packer = new Packer();
      for (const order of orders) {
        const row = this.#at.get(slot, order);
        if (row !== undefined) addRow(packer, row as unknown as readonly (number | Uint8Array)[]);
      }
      return { ...packer.packed(), nextMs: undefined };
    });
  }

  expired(queue: number, sentBeforeMs: number, limit: number): PackedPage {
    return this.#atOneMoment(queue, (slot) => {
      const packer = new Packer();
      let count = 0;
      for (const row of this.#oldest.iterate(slot, sentBeforeMs, limit)) {
        addRow(packer, row as unknown as readonly number[]);
        count++;
      }
      const nextMs = this.#age.get(slot, count)?.['sent_at_ms'] as number | undefined;
      return { ...packer.packed(), nextMs };
    });
  }

  #atOneMoment(queue: number, read: (slot: number) => PackedPage): PackedPage {
    this.#database.exec('BEGIN');
    try {
      const slot = this.#slot.get(queue)?.['slot'];
      if (typeof slot !== 'number') return { ...new Packer().packed(), nextMs: undefined };
      return read(slot);
    } finally {
      this.#database.exec('COMMIT');
    }
  }
}
