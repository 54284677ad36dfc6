import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseUnavailable } from './unavailable.ts';

/** What must be remembered of an embedded database from run to run: readable by the owner alone. */
export interface Secrets {
  readonly superuserPassword: string;
  /** Of the owner of the database. */
  readonly password: string;
  /** Of the role that cannot change the ledger; data of an older program have none yet. */
  readonly appPassword?: string;
  /** Tried first at the next start, so that connections of functions stay true. */
  readonly port: number;
}

/** Reads the remembered secrets of `directory`; undefined if there never were any. Throws DatabaseUnavailable. */
export function readSecrets(directory: string): Secrets | undefined {
  const path = join(directory, 'database.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DatabaseUnavailable(
      `The secrets of the embedded PostgreSQL in ${path} cannot be read: restore that file, or choose another --data DIR.`,
    );
  }
}

/** Remembers the secrets of `directory`; a kill leaves the old ones or the new ones, whole. */
export function writeSecrets(directory: string, secrets: Secrets): void {
  const path = join(directory, 'database.json');
  const file = openSync(`${path}.new`, 'w', 0o600);
  writeSync(file, JSON.stringify(secrets));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}
