import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CatalogRecord } from '../catalog.ts';
import { Write } from './write.ts';

/** The catalog's table, inside the writing thread. Changes belong inside a transaction. */
export class Records {
  readonly #list: StatementSync;
  readonly #put: Write;
  readonly #remove: Write;

  constructor(database: DatabaseSync) {
    this.#list = database.prepare('SELECT name, value FROM record WHERE collection = ? ORDER BY name');
    this.#put = new Write(database, 'INSERT OR REPLACE INTO record VALUES (?, ?, ?)');
    this.#remove = new Write(database, 'DELETE FROM record WHERE collection = ? AND name = ?');
  }

  list(collection: string): CatalogRecord[] {
    return this.#list
      .all(collection)
      .map(({ name, value }) => ({ name: name as string, value: value as string }));
  }

  put(collection: string, record: CatalogRecord): void {
    this.#put.run(collection, record.name, record.value);
  }

  remove(collection: string, name: string): void {
    this.#remove.run(collection, name);
  }
}
