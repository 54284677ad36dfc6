import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Packer, type Packed } from './packed.ts';
import { EPOCH_BITS, ORDER_BITS, ORDER_MASK } from './slots.ts';

/** A queue on its way from the thread: its leases and delays as rows of order, state, time of sending and lane. */
export interface PackedQueue {
  readonly queue: number;
  readonly definition: string;
  readonly messages: number;
  readonly nextOrder: number;
  readonly oldestSentAtMs: number | undefined;
  readonly leases: Packed;
  readonly delayed: Packed;
  readonly hasLanes: boolean;
}

/** A place's columns, in the order in which they are packed. */
export const PLACE_COLUMNS =
  `standing.id & ${ORDER_MASK}, visible_at_ms, holder, receive_count, first_received_at_ms, leased_at_ms, ` +
  'sent_at_ms, ifnull(lane, 0)';

/** Reads what is known of queues without their waiting messages. */
export class StoredQueues {
  readonly #all: StatementSync;
  readonly #one: StatementSync;
  readonly #leases: StatementSync;
  readonly #delayed: StatementSync;
  readonly #oldest: StatementSync;
  readonly #lanes: StatementSync;

  constructor(database: DatabaseSync) {
    const columns = 'SELECT queue, slot, definition, messages, next_order FROM queue';
    const hidden = (isHeld: 0 | 1): string =>
      `SELECT ${PLACE_COLUMNS} FROM standing WHERE id >> 43 = ? AND holder > 0 = ${isHeld} AND visible_at_ms > ?`;
    this.#all = database.prepare(`${columns} ORDER BY queue`);
    this.#one = database.prepare(`${columns} WHERE queue = ?`);
    this.#leases = arrays(database, hidden(1));
    this.#delayed = arrays(database, `${hidden(0)} ORDER BY visible_at_ms, id LIMIT ?`);
    this.#lanes = database.prepare(
      `SELECT 1 FROM standing WHERE id >> ${EPOCH_BITS} BETWEEN ?1 << ${ORDER_BITS - EPOCH_BITS} ` +
        `AND ((?1 + 1) << ${ORDER_BITS - EPOCH_BITS}) - 1 AND lane IS NOT NULL LIMIT 1`,
    );
    this.#oldest = database.prepare('SELECT min(sent_at_ms) AS oldest FROM standing WHERE id >> 43 = ?');
  }

  /** All queues, leases and delays as of `nowMs`; at most `delayedLimit` delays of each. */
  all(nowMs: number, delayedLimit: number): PackedQueue[] {
    return this.#all.all().map((row) => this.#read(row, nowMs, delayedLimit));
  }

  /** One queue, if it is there. */
  one(queue: number, nowMs: number, delayedLimit: number): PackedQueue | undefined {
    const row = this.#one.get(queue);
    return row === undefined ? undefined : this.#read(row, nowMs, delayedLimit);
  }

  #read(row: Readonly<Record<string, unknown>>, nowMs: number, delayedLimit: number): PackedQueue {
    const slot = row['slot'] as number;
    return {
      queue: row['queue'] as number,
      definition: row['definition'] as string,
      messages: row['messages'] as number,
      nextOrder: row['next_order'] as number,
      oldestSentAtMs: (this.#oldest.get(slot)?.['oldest'] as number | null) ?? undefined,
      leases: packRows(this.#leases.iterate(slot, nowMs)),
      delayed: packRows(this.#delayed.iterate(slot, nowMs, delayedLimit)),
      hasLanes: this.#lanes.get(slot) !== undefined,
    };
  }
}

/** A statement whose rows are arrays of numbers and contents, in the order of its columns. */
export function arrays(database: DatabaseSync, text: string): StatementSync {
  const statement = database.prepare(text);
  statement.setReturnArrays(true);
  return statement;
}

/** Packs rows of {@link arrays}. */
export function packRows(rows: Iterable<unknown>): Packed {
  const packer = new Packer();
  for (const row of rows) addRow(packer, row as readonly (number | Uint8Array)[]);
  return packer.packed();
}

/** Adds one row of {@link arrays}. */
export function addRow(packer: Packer, row: readonly (number | Uint8Array)[]): void {
  for (const field of row) {
    if (typeof field === 'number') packer.number(field);
    else packer.content(field);
  }
}
