import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * A prepared statement that writes. Node's own `run` also reads the id of the last row, and fails when that is no number
 * of JavaScript: from slot 1024 on the ids of messages are none.
 */
export class Write {
  readonly #statement: StatementSync;
  readonly #changes: StatementSync;

  constructor(database: DatabaseSync, text: string) {
    this.#statement = database.prepare(text);
    this.#changes = database.prepare('SELECT changes() AS changes');
  }

  run(...parameters: SQLInputValue[]): void {
    this.#statement.get(...parameters);
  }

  /** Runs, and answers how many rows were changed. */
  count(...parameters: SQLInputValue[]): number {
    this.#statement.get(...parameters);
    return Number(this.#changes.get()?.['changes']);
  }
}
