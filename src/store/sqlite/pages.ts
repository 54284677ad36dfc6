import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addRow, arrays, PLACE_COLUMNS } from './stored-queues.ts';
import { Packer, type Packed } from './packed.ts';
import { MESSAGE_ID, ORDER_BITS } from './slots.ts';

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

const WITH_CONTENT = `SELECT ${PLACE_COLUMNS}, size_bytes, content FROM standing JOIN message USING (id)`;

/** The places of columns in a row. */
const ORDER_AT = 0;
const VISIBLE_AT = 1;
const SIZE_AT = 8;

type Row = readonly (number | Uint8Array)[];

/** Those of one slot behind a place; `isHeld`: those with a holder, whose leases may have ended, or those without. */
function after(isHeld: 0 | 1): string {
  return (
    `standing.id >> ${ORDER_BITS} = ? AND holder > 0 = ${isHeld} AND ` +
    `(visible_at_ms, standing.id) > (?, ${MESSAGE_ID})`
  );
}

/** Reads waiting messages, on a connection of its own. Each answer is of one moment: one transaction. */
export class Pages {
  readonly #database: DatabaseSync;
  readonly #slot: StatementSync;
  /** Without a holder, and with one. */
  readonly #lines: readonly [StatementSync, StatementSync];
  readonly #next: readonly [StatementSync, StatementSync];
  readonly #at: StatementSync;
  readonly #oldest: StatementSync;
  readonly #age: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#slot = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    const line = (isHeld: 0 | 1): StatementSync =>
      arrays(
        database,
        `${WITH_CONTENT} WHERE ${after(isHeld)} AND visible_at_ms < ? ORDER BY visible_at_ms, standing.id LIMIT ?`,
      );
    const next = (isHeld: 0 | 1): StatementSync =>
      arrays(
        database,
        `SELECT visible_at_ms FROM standing WHERE ${after(isHeld)} ORDER BY visible_at_ms, id LIMIT 1`,
      );
    this.#lines = [line(0), line(1)];
    this.#next = [next(0), next(1)];
    this.#at = arrays(database, `${WITH_CONTENT} WHERE standing.id = ${MESSAGE_ID}`);
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
      const [free, held] = this.#lines;
      const from = [slot, afterMs, slot, afterOrder, visibleBeforeMs, limit] as const;
      for (const row of inLine(free.iterate(...from), held.iterate(...from))) {
        sizeBytes += row[SIZE_AT] as number;
        if (count >= limit || (count > 0 && sizeBytes > ask.limitSizeBytes)) break;
        addRow(packer, row);
        count++;
        last = { ms: row[VISIBLE_AT] as number, order: row[ORDER_AT] as number };
      }
      const times = this.#next.map((next) => {
        const row = next.get(slot, last.ms, slot, last.order) as unknown as readonly number[] | undefined;
        return row?.[0] ?? Infinity;
      });
      const nextMs = Math.min(...times);
      return { ...packer.packed(), nextMs: nextMs === Infinity ? undefined : nextMs };
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

/** The rows of two lines as one; whatever is left of them is let go with it. */
function* inLine(free: Iterator<unknown>, held: Iterator<unknown>): Generator<Row> {
  let [first, second] = [nextOf(free), nextOf(held)];
  try {
    for (;;) {
      const isFirst = first !== undefined && (second === undefined || isBefore(first, second));
      const row = isFirst ? first : second;
      if (row === undefined) return;
      yield row;
      if (isFirst) first = nextOf(free);
      else second = nextOf(held);
    }
  } finally {
    for (const line of [free, held]) line.return?.();
  }
}

function nextOf(line: Iterator<unknown>): Row | undefined {
  return (line.next().value ?? undefined) as Row | undefined;
}

function isBefore(first: Row, second: Row): boolean {
  const earlierMs = Number(first[VISIBLE_AT]) - Number(second[VISIBLE_AT]);
  return earlierMs < 0 || (earlierMs === 0 && Number(first[ORDER_AT]) < Number(second[ORDER_AT]));
}
