import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A statement whose rows are arrays of numbers and contents, in the order of its columns. */
export function arrays(database: DatabaseSync, text: string): StatementSync {
  const statement = database.prepare(text);
  statement.setReturnArrays(true);
  return statement;
}
