import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A file of secrets cannot be used. The message says why, in one line. */
export class SecretsUnusable extends Error {}

/** A lock older than this was left by a process that was killed. */
const LOCK_LIFE_MS = 5000;
const PAUSE_MS = 5;

/** The text of a file that only its owner may read; undefined when there is none. Throws SecretsUnusable. */
export function readPrivate(path: string): string | undefined {
  try {
    const others = statSync(path).mode & 0o077;
    if (others === 0) return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SecretsUnusable(`${path} cannot be read: ${String(error)}`, { cause: error });
  }
  throw new SecretsUnusable(`${path} may be read by others than its owner: run chmod 600 ${path}`);
}

/** Puts a new text into place as a whole, readable by the owner alone. */
export function writePrivate(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}.new`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, text, { mode: 0o600, flush: true });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

/** Runs `work` while no other process does so for the same path. */
export function exclusively<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  mkdirSync(dirname(path), { recursive: true });
  while (!taken(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (ageMs(lock) > LOCK_LIFE_MS) rmSync(lock, { force: true });
    return false;
  }
}

function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY);
}
