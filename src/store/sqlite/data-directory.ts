import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { failed, ok, type Result } from '../../base/result.ts';
import { DirectoryLock } from './lock.ts';
import type { DataRefused } from './refused.ts';

/** The folder that holds everything durable, owned by this process until it is disposed. */
export class DataDirectory implements Disposable {
  readonly path: string;
  /** The one database file. */
  readonly databasePath: string;
  /** The folder for uploaded packages. */
  readonly blobsPath: string;
  /** The folder for functions' logs. */
  readonly logsPath: string;
  readonly #lock: DirectoryLock;

  private constructor(path: string, lock: DirectoryLock) {
    this.path = path;
    this.databasePath = join(path, 'millrace.db');
    this.blobsPath = join(path, 'blobs');
    this.logsPath = join(path, 'logs');
    this.#lock = lock;
  }

  /** Makes the folder when it is missing (for its owner alone) and takes it, or says why that cannot be. */
  static open(path: string): Result<DataDirectory, DataRefused> {
    const unusable = makeUsable(path);
    if (unusable !== undefined) return failed({ kind: 'not-usable', what: unusable });
    const lock = DirectoryLock.take(join(path, 'lock'));
    if (!lock.ok) return lock;
    const directory = new DataDirectory(path, lock.value);
    try {
      keepToOwner(directory.databasePath);
      return ok(directory);
    } catch (error) {
      directory[Symbol.dispose]();
      return failed({ kind: 'not-usable', what: sentence(path, error as NodeJS.ErrnoException) });
    }
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}

/** Undefined when the folder can be read and written; else a sentence that says what to do. */
function makeUsable(path: string): string | undefined {
  try {
    if (!existsSync(path)) make(path);
    if (!statSync(path).isDirectory())
      return `The data directory ${path} is not a folder. Choose another directory with --data DIR.`;
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return sentence(path, error as NodeJS.ErrnoException);
  }
}

/**
 * The folder may have been made by somebody else, for all to enter, and what is sent and the variables of functions are nobody else's: the
 * database is made for its owner alone, and made so again where it was not. SQLite gives the files beside it the same mode.
 */
function keepToOwner(databasePath: string): void {
  closeSync(openSync(databasePath, 'a', 0o600));
  for (const path of [databasePath, `${databasePath}-wal`, `${databasePath}-shm`]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700);
  }
}

function sentence(path: string, error: NodeJS.ErrnoException): string {
  return `The data directory ${path} ${reason(error)}. Choose another directory with --data DIR.`;
}

/** Makes a folder and those above it. (Node's own recursive way never returns where a file system makes no folders, as in /proc.) */
function make(path: string): void {
  const above = dirname(path);
  if (!existsSync(above)) make(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was first
  }
  syncNow(above);
}

function reason(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'is not readable and writable for this user';
    case 'EROFS':
      return 'is on a file system that is mounted read-only';
    case 'ENOTDIR':
      return 'cannot be made: a file is in its place';
    case 'ENOSPC':
      return 'cannot be made: the disk is full';
    default:
      return `cannot be used: ${error.message}`;
  }
}

function syncNow(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
