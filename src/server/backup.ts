import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Result } from '../base/result.ts';
import { copyFolder } from '../store/files/copy-folder.ts';
import { copyDatabase } from '../store/sqlite/backup.ts';

/** What a backup holds. */
export interface BackedUp {
  readonly queues: number;
  readonly messages: number;
  /** Of database, packages and logs. */
  readonly sizeBytes: number;
}

/** Why there is no backup; a sentence. */
export interface BackupFailure {
  readonly kind: 'not-backed-up';
  readonly what: string;
}

const DATABASE = 'millrace.db';
const FOLDERS = ['blobs', 'logs'];

/**
 * Copies a data directory while a platform may be running on it: the copy is one moment of the database with every package
 * that its functions name, and a platform can be started on it. `target` must not exist, or be an empty folder.
 */
export async function backUp(source: string, target: string): Promise<Result<BackedUp, BackupFailure>> {
  try {
    const occupied = await whatIsThere(target);
    if (occupied !== undefined) return notBackedUp(occupied);
    if (!existsSync(join(source, DATABASE)))
      return notBackedUp(
        `There is no ${join(source, DATABASE)}: nothing to copy. Name the data directory with --data.`,
      );
    await mkdir(target, { recursive: true, mode: 0o700 });
    // Packages first, so that none can go that the database still names; and again, for those that came meanwhile.
    let sizeBytes = await copyFolder(join(source, 'blobs'), join(target, 'blobs'));
    // For its owner alone, also where the folder was there and is not.
    await writeFile(join(target, DATABASE), '', { flag: 'wx', mode: 0o600 });
    const database = await copyDatabase(join(source, DATABASE), join(target, DATABASE));
    if (!database.ok) return notBackedUp(database.failure.what);
    for (const name of FOLDERS) sizeBytes += await copyFolder(join(source, name), join(target, name));
    sizeBytes += (await stat(join(target, DATABASE))).size;
    return ok({ ...database.value, sizeBytes });
  } catch (error) {
    return notBackedUp(`${source} could not be copied to ${target}: ${(error as Error).message}.`);
  }
}

async function whatIsThere(target: string): Promise<string | undefined> {
  try {
    const names = await readdir(target);
    return names.length === 0 ? undefined : `${target} is not empty. Name a folder that does not exist yet.`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    return code === 'ENOTDIR' ? `${target} is a file. Name a folder that does not exist yet.` : String(error);
  }
}

function notBackedUp(what: string): Result<never, BackupFailure> {
  return failed({ kind: 'not-backed-up', what });
}
