import type { DatabaseSync } from 'node:sqlite';
import { isFull } from './sqlite-error.ts';
import { Write } from './write.ts';

/** Whether something is durable now, or was rolled back because the disk is full. */
export type StepOutcome = 'durable' | 'disk-full';

/** SQLite's own limit. */
const MOST_PAGES = 4_294_967_294;

/** Runs steps on the writing connection: wholly and synced, or not at all. */
export class Transactions {
  readonly #database: DatabaseSync;
  readonly #begin: Write;
  readonly #commit: Write;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = new Write(database, 'BEGIN IMMEDIATE');
    this.#commit = new Write(database, 'COMMIT');
  }

  /** `durable` means synced. A full disk rolls back; every other error is thrown and must end the process. */
  run(step: () => void): StepOutcome {
    try {
      this.#begin.run();
      step();
      this.#commit.run();
      return 'durable';
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#rollBack();
      return 'disk-full';
    }
  }

  /**
   * Runs a step that changes rows, answers what it answers, and takes all its changes back. They stay in memory: this is possible on
   * a disk that is full.
   */
  tried<Value>(step: () => Value): Value {
    const most = this.#database.prepare('PRAGMA max_page_count').get()?.['max_page_count'];
    this.#database.exec(`PRAGMA cache_spill = OFF; PRAGMA max_page_count = ${MOST_PAGES}; BEGIN IMMEDIATE`);
    try {
      return step();
    } finally {
      this.#rollBack();
      this.#database.exec(`PRAGMA max_page_count = ${String(most)}; PRAGMA cache_spill = ON`);
    }
  }

  /** SQLite may have done it by itself. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }
}
