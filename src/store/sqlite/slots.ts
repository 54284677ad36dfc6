import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '../../base/assert.ts';
import { Write } from './write.ts';

/** An id is a slot in its upper bits and an order in its lower ones: so many. */
export const ORDER_BITS = 43;

/** The id of a message as SQL: a slot and an order are its parameters. */
export const MESSAGE_ID = `((? << ${ORDER_BITS}) | ?)`;

/** Places of one epoch: those with the same bits above these. Known to the index on lanes. */
export const EPOCH_BITS = 10;

/** Takes the order out of an id. */
export const ORDER_MASK = 2 ** ORDER_BITS - 1;

/** A bundle's pages are as much work to sweep as so many rows. */
const ROWS_OF_BUNDLE = 8;

const MOST_SLOTS = 2 ** (63 - ORDER_BITS);

/** Where the contents of queues stand. Purged and deleted contents are left behind under their old slot, and swept in small steps. */
export class Slots {
  readonly #free: StatementSync;
  readonly #takeFree: Write;
  readonly #takeNew: StatementSync;
  readonly #leave: Write;
  readonly #unswept: StatementSync;
  readonly #sweepMessages: Write;
  readonly #sweepStanding: Write;
  readonly #sweepBundles: Write;
  readonly #sweepContents: Write;
  readonly #swept: Write;
  #mayHaveUnswept = true;

  constructor(database: DatabaseSync) {
    this.#free = database.prepare('SELECT slot FROM old_slot WHERE is_swept = 1 LIMIT 1');
    this.#takeFree = new Write(database, 'DELETE FROM old_slot WHERE slot = ?');
    this.#takeNew = database.prepare(
      'UPDATE platform SET next_slot = next_slot + 1 RETURNING next_slot - 1 AS slot',
    );
    this.#leave = new Write(database, 'INSERT INTO old_slot VALUES (?, 0)');
    this.#unswept = database.prepare('SELECT slot FROM old_slot WHERE is_swept = 0 LIMIT 1');
    this.#sweepMessages = new Write(database, sweep('message'));
    this.#sweepStanding = new Write(database, sweep('standing'));
    this.#sweepBundles = new Write(database, sweep('bundle'));
    this.#sweepContents = new Write(database, sweep('bundle_content'));
    this.#swept = new Write(database, 'UPDATE old_slot SET is_swept = 1 WHERE slot = ?');
  }

  /** An empty slot. Inside a transaction. */
  take(): number {
    const free = this.#free.get()?.['slot'];
    if (typeof free === 'number') {
      this.#takeFree.run(free);
      return free;
    }
    const slot = Number(this.#takeNew.get()?.['slot']);
    assert(slot < MOST_SLOTS, 'there is a slot for each queue');
    return slot;
  }

  /** What stands in a slot is to be forgotten. Inside a transaction. */
  leave(slot: number): void {
    this.#leave.run(slot);
    this.#mayHaveUnswept = true;
  }

  /** True when {@link sweep} may find something. */
  get mayHaveUnswept(): boolean {
    return this.#mayHaveUnswept;
  }

  /** Forgets at most about `rows` rows of what was left. Inside a transaction. */
  sweep(rows: number): void {
    const slot = this.#unswept.get()?.['slot'];
    if (typeof slot !== 'number') {
      this.#mayHaveUnswept = false;
      return;
    }
    const bundles = Math.ceil(rows / ROWS_OF_BUNDLE);
    const sweptRows =
      this.#sweepMessages.count(slot, rows) +
      this.#sweepStanding.count(slot, rows) +
      this.#sweepBundles.count(slot, bundles) +
      this.#sweepContents.count(slot, bundles);
    if (sweptRows === 0) this.#swept.run(slot);
  }
}

function sweep(table: string): string {
  return (
    `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ` +
    `WHERE id BETWEEN (?1 << ${ORDER_BITS}) AND (?1 << ${ORDER_BITS}) + ${ORDER_MASK} LIMIT ?2)`
  );
}
