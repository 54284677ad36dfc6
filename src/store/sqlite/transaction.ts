import type { DatabaseSync } from 'node:sqlite';
import { isFull } from './sqlite-error.ts';
import { Write } from './write.ts';

/** Whether something is durable now, or was rolled back because the disk is full. */
export type StepOutcome = 'durable' | 'disk-full';

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
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      return 'disk-full';
    }
  }
}
