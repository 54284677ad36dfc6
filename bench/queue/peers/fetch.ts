import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why a peer is not measured: something it needs cannot be had here. */
export class NotToBeHad extends Error {
  override readonly name = 'NotToBeHad';
}

/**
 * The folder of this name in the cache (`~/.cache/millrace/bench`), made by `make` when it is not there: whole or not at all.
 * Throws {@link NotToBeHad} when it cannot be made.
 */
export async function fetched(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(homedir(), '.cache', 'millrace', 'bench', name);
  if (existsSync(folder)) return folder;
  const part = `${folder}.part-${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await make(part);
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a command of the set-up. Throws {@link NotToBeHad} when it is not there or fails. */
export async function need(
  command: string,
  words: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<void> {
  try {
    await run(command, words, { ...options, timeout: 300_000, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const last = stderr.trim().split('\n').at(-1);
    throw new NotToBeHad(`${command} ${words[0]}: ${last === undefined || last === '' ? message : last}`);
  }
}
