import type { DatabaseSync } from 'node:sqlite';
import { isFull } from './sqlite-error.ts';
import { Write } from './write.ts';

/** Whether something is durable now, or was rolled back because the disk is full. */
export type StepOutcome = 'durable' | 'disk-full';

/** SQLite's own limit. */
const MOST_PAGES = 4_294_967_294;

/** `PRAGMA synchronous`: the log is synced before it is copied, and not with each commit. */
const NORMAL = 1;

/** Runs steps on the writing connection: wholly or not at all. */
export class Transactions {
  readonly #database: DatabaseSync;
  readonly #begin: Write;
  readonly #commit: Write;
  /** How the connection treats the disk, as SQLite counts it. */
  readonly #synchronous: number;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#synchronous = Number(database.prepare('PRAGMA synchronous').get()?.['synchronous']);
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
   * Runs a step that says nothing new, and so needs no sync of its own: until the next one the disk may hold what was before it, and
   * never a part of it.
   */
  runUnsynced(step: () => void): StepOutcome {
    if (this.#synchronous <= NORMAL) return this.run(step);
    this.#database.exec(`PRAGMA synchronous = ${NORMAL}`);
    try {
      return this.run(step);
    } finally {
      this.#database.exec(`PRAGMA synchronous = ${this.#synchronous}`);
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
