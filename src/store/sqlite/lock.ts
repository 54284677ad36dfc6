import { DatabaseSync } from 'node:sqlite';
import { failed, ok, type Result } from '../../base/result.ts';
import { hasCode, SQLITE_BUSY, SQLITE_NOTADB } from './sqlite-error.ts';
import type { DataRefused } from './refused.ts';

/**
 * Ownership of a data directory: one process at a time. The lock is the operating system's lock on a small SQLite file,
 * so it ends with the process, however that ends. The file's `user_version` holds the owner's process id.
 */
export class DirectoryLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Takes the lock at once, or says which process has it. */
  static take(path: string): Result<DirectoryLock, DataRefused> {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      // Nothing in this file needs to outlive a power cut.
      database.exec('PRAGMA synchronous=OFF; PRAGMA locking_mode=NORMAL');
      // A reserved lock, not an exclusive one: others cannot take it, and can still read the owner's id.
      database.exec(`BEGIN IMMEDIATE; PRAGMA user_version=${process.pid}; COMMIT; BEGIN IMMEDIATE`);
      return ok(new DirectoryLock(database));
    } catch (error) {
      const refused = refusal(database, path, error);
      database.close();
      if (refused === undefined) throw error;
      return failed(refused);
    }
  }

  /** Gives the directory free. */
  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function refusal(database: DatabaseSync, path: string, error: unknown): DataRefused | undefined {
  if (hasCode(error, SQLITE_NOTADB)) {
    return {
      kind: 'damaged',
      what: `${path} is damaged. It holds no data: remove it and start again.`,
    };
  }
  if (!hasCode(error, SQLITE_BUSY)) return undefined;
  const owner = ownerOf(database);
  return {
    kind: 'in-use',
    what:
      `The data directory is in use by ${owner}: ${path} is locked. ` +
      `Stop that process, or choose another directory with --data DIR.`,
  };
}

function ownerOf(database: DatabaseSync): string {
  try {
    const processId = database.prepare('PRAGMA user_version').get()?.['user_version'];
    return typeof processId === 'number' && processId > 0 ? `process ${processId}` : 'another process';
  } catch {
    return 'another process';
  }
}
