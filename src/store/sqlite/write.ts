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

/** Prepares statements that write, each under its name. */
export function prepareWrites<Name extends string>(
  database: DatabaseSync,
  texts: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Write>> {
  const prepared = Object.entries<string>(texts).map(([name, text]) => [name, new Write(database, text)]);
  return Object.fromEntries(prepared) as Record<Name, Write>;
}
