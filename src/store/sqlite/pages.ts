import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BundleReader, contentInRow, packRow, rowsOf, type BundleContents } from './bundle-reader.ts';
import { linePage } from './line-page.ts';
import { byTime, merged, numberOf, SENT_AT, VISIBLE_AT, type Row } from './merged-rows.ts';
import { MessagePacker } from './message-packer.ts';
import { addPlace } from './packed-rows.ts';
import { Packer, type PackedPage } from './packed.ts';
import { MESSAGE_ID, ORDER_BITS } from './slots.ts';
import { arrays } from './array-rows.ts';
import { PLACE_COLUMNS } from './stored-queues.ts';

/** A question for a page, in plain numbers. */
export interface PageAsk {
  readonly queue: number;
  readonly afterMs: number;
  readonly afterOrder: number;
  readonly visibleBeforeMs: number;
  readonly limit: number;
  readonly limitSizeBytes: number;
}

const WITH_CONTENT = `SELECT ${PLACE_COLUMNS}, size_bytes, content FROM standing JOIN message USING (id)`;

/** Those of one slot behind a place; `isHeld`: those with a holder, whose leases may have ended, or those without. */
function after(isHeld: 0 | 1): string {
  return (
    `standing.id >> ${ORDER_BITS} = ? AND holder > 0 = ${isHeld} AND ` +
    `(visible_at_ms, standing.id) > (?, ${MESSAGE_ID})`
  );
}

const BY_SHOWING = byTime(VISIBLE_AT);
const BY_SENDING = byTime(SENT_AT);

/** Reads waiting messages, on a connection of its own. Each answer is of one moment: one transaction. */
export class Pages {
  readonly #database: DatabaseSync;
  readonly #slot: StatementSync;
  /** Without a holder, and with one. */
  readonly #lines: readonly StatementSync[];
  readonly #at: StatementSync;
  readonly #oldest: StatementSync;
  readonly #bundles: BundleReader;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#slot = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    const line = (isHeld: 0 | 1): StatementSync =>
      arrays(database, `${WITH_CONTENT} WHERE ${after(isHeld)} ORDER BY visible_at_ms, standing.id`);
    this.#lines = [line(0), line(1)];
    this.#at = arrays(database, `${WITH_CONTENT} WHERE standing.id = ${MESSAGE_ID}`);
    this.#oldest = arrays(
      database,
      `SELECT ${PLACE_COLUMNS} FROM standing WHERE id >> ${ORDER_BITS} = ? ORDER BY sent_at_ms, id LIMIT ?`,
    );
    this.#bundles = new BundleReader(database);
  }

  page({ queue, afterMs, afterOrder, ...limits }: PageAsk): PackedPage {
    return this.#atOneMoment(queue, (slot, contents) => {
      const lines = this.#lines.map((line) => line.iterate(slot, afterMs, slot, afterOrder));
      const alone = merged(lines, BY_SHOWING);
      return linePage({ alone, bundled: this.#bundles.line(slot, afterMs, afterOrder), contents }, limits);
    });
  }

  read(queue: number, orders: readonly number[]): PackedPage {
    return this.#atOneMoment(queue, (slot, contents) => {
      const packer = new MessagePacker();
      for (const order of orders) {
        const row =
          (this.#at.get(slot, order) as unknown as Row | undefined) ?? this.#bundles.at(slot, order);
        if (row !== undefined) packRow(packer, row, contents, contentInRow);
      }
      return { ...packer.packed(), nextMs: undefined };
    });
  }

  expired(queue: number, sentBeforeMs: number, limit: number): PackedPage {
    return this.#atOneMoment(queue, (slot) => {
      const packer = new Packer();
      let count = 0;
      const rows = this.#oldest.iterate(slot, limit + 1);
      for (const row of merged([rows, rowsOf(this.#bundles.byAge(slot))], BY_SENDING)) {
        const sentAtMs = numberOf(row, SENT_AT);
        if (count >= limit || sentAtMs >= sentBeforeMs) return { ...packer.packed(), nextMs: sentAtMs };
        addPlace(packer, row);
        count++;
      }
      return { ...packer.packed(), nextMs: undefined };
    });
  }

  #atOneMoment(queue: number, read: (slot: number, contents: BundleContents) => PackedPage): PackedPage {
    this.#database.exec('BEGIN');
    try {
      const slot = this.#slot.get(queue)?.['slot'];
      if (typeof slot !== 'number') return { ...new Packer().packed(), nextMs: undefined };
      using contents = this.#bundles.contents(slot);
      return read(slot, contents);
    } finally {
      this.#database.exec('COMMIT');
    }
  }
}
