import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where the locks are that platforms of one machine see: root alone may enter it, and it is gone after a restart. */
const LOCKS_FOLDER = '/run/millrace-uids';
/** Far from people and services (below 65,536); how many blocks there are bounds the platforms of root on one machine. */
export const FIRST_UID = 700_000;
export const BLOCK_SIZE = 1000;
export const BLOCK_COUNT = 200;

/**
 * Blocks of user ids, each held by one platform of this machine at a time: two that run as root never give one id to
 * two environments. The lock is the operating system's on a small file, so it ends with the process, however that ends.
 */
export class UidBlocks implements Disposable {
  readonly #folder: string;
  readonly #held: DatabaseSync[] = [];
  #next = 0;

  constructor(folder: string = LOCKS_FOLDER) {
    this.#folder = folder;
  }

  /** The first id of a block that nobody held until now. Throws when there is none, or when no locks can be made. */
  take(): number {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (; this.#next < BLOCK_COUNT; this.#next += 1) {
      const lock = lockOf(join(this.#folder, `block-${this.#next}`));
      if (lock === undefined) continue;
      this.#held.push(lock);
      return FIRST_UID + BLOCK_SIZE * this.#next++;
    }
    throw new Error('all user ids for environments are taken by platforms of this machine');
  }

  /** Gives its blocks free. */
  [Symbol.dispose](): void {
    for (const lock of this.#held.splice(0)) lock.close();
  }
}

/** Undefined when another process, or another part of this one, holds it. Nothing is written. */
function lockOf(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch {
    database.close();
    return undefined;
  }
}
