import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { failed, ok, type Result } from '../base/result.ts';
import type { ConfiguredKey, KeysById } from './configured-keys.ts';

/** Why a file of keys is not taken; `what` is a sentence that says what to do. */
export interface KeyFileRefused {
  readonly kind: 'unreadable' | 'readable-by-others' | 'no-keys' | 'busy';
  readonly what: string;
}

/** Ids that a credential can carry in the header of a request. */
const KEY_ID = /^[\w.-]{1,128}$/;
const SHORTEST_SECRET = 8;

/**
 * Reads `{"ID": "secret", "ID": {"secret": "…", "may": "invoke-and-send"}}`. A file that other users can read or write is refused: its
 * secrets are none any more.
 */
export function readKeyFile(path: string): Result<KeysById, KeyFileRefused> {
  try {
    const text = readPrivately(path);
    if (text === undefined) {
      return refused('readable-by-others', `Other users can read ${path}: run chmod 600 ${path} first.`);
    }
    return keysIn(JSON.parse(text), path);
  } catch (error) {
    if (error instanceof SyntaxError) return refused('no-keys', `${path} is not JSON.`);
    return refused('unreadable', `The key file cannot be read: ${(error as Error).message}.`);
  }
}

/**
 * Writes the keys so that only this user can read them: another file first, synced, then renamed, so that there are the old keys or the new
 * ones. The other file is also the lock against a second writer.
 */
export function writeKeyFile(path: string, keys: KeysById): Result<void, KeyFileRefused> {
  const draft = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write(draft, `${JSON.stringify(Object.fromEntries([...keys].map(entryOf)), undefined, 2)}\n`);
    renameSync(draft, path);
    syncFolder(dirname(path));
    return ok(undefined);
  } catch (error) {
    const { code, path: at, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && at === draft)
      return refused('busy', `${draft} is there: wait for who writes it, or remove it if nobody does.`);
    rmSync(draft, { force: true });
    return refused('unreadable', `The key file cannot be written: ${message}.`);
  }
}

/** Undefined when others can read the file, or could have changed it. */
function readPrivately(path: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    return (fstatSync(file).mode & 0o077) === 0 ? readFileSync(file, 'utf8') : undefined;
  } finally {
    closeSync(file);
  }
}

function keysIn(value: unknown, path: string): Result<KeysById, KeyFileRefused> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = new Map<string, ConfiguredKey>();
  for (const [id, entry] of Object.entries(isObject ? value : { '': undefined })) {
    const key = keyOf(entry);
    if (key === undefined || !KEY_ID.test(id)) {
      const form = '{"ACCESSKEYID": "secret", "ANOTHER": {"secret": "…", "may": "invoke-and-send"}}';
      return refused('no-keys', `${path} must hold ${form} with secrets of at least 8 characters.`);
    }
    keys.set(id, key);
  }
  return ok(keys);
}

function keyOf(entry: unknown): ConfiguredKey | undefined {
  const { secret, may = 'all' } = (typeof entry === 'string' ? { secret: entry } : (entry ?? {})) as {
    readonly secret?: unknown;
    readonly may?: unknown;
  };
  if (typeof secret !== 'string' || secret.length < SHORTEST_SECRET) return undefined;
  return may === 'all' || may === 'invoke-and-send' ? { secretAccessKey: secret, scope: may } : undefined;
}

function entryOf([id, { secretAccessKey, scope }]: readonly [string, ConfiguredKey]): [string, object] {
  return [id, { secret: secretAccessKey, may: scope }];
}

function write(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function refused(kind: KeyFileRefused['kind'], what: string): Result<never, KeyFileRefused> {
  return failed({ kind, what });
}
