import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../base/remove-tree.ts';
import { isRunning } from './process-tree.ts';

/** A new empty folder for its owner alone, with the number of this process: swept by a later one when this was killed. */
export function makeOwnFolder(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `millrace-${purpose}-${process.pid}-`));
}

/** Removes this user's folders of that purpose whose process is gone. */
export async function sweepLeftFolders(purpose: string): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const pattern = new RegExp(`^millrace-${purpose}-(\\d+)-`);
  for (const name of names) {
    const pid = Number(pattern.exec(name)?.[1] ?? 0);
    if (pid === 0 || (await isRunning(pid))) continue;
    const path = join(tmpdir(), name);
    const owner = await lstat(path).catch(() => undefined);
    if (owner?.uid === process.getuid?.()) await removeTree(path);
  }
}
