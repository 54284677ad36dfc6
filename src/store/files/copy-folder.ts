import { constants, type Dirent } from 'node:fs';
import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/**
 * Copies the files of a folder and of those in it that `target` does not have yet, synced; answers their bytes.
 * What goes away meanwhile is left out. A folder that is not there has nothing in it.
 */
export async function copyFolder(source: string, target: string): Promise<number> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  let sizeBytes = 0;
  for (const entry of await entriesOf(source)) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) sizeBytes += await copyFolder(from, to);
    else if (entry.isFile()) sizeBytes += await copyNew(from, to);
  }
  await syncDirectory(target);
  return sizeBytes;
}

async function copyNew(from: string, to: string): Promise<number> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return 0;
    throw error;
  }
  await using file = await open(to, 'r');
  await file.sync();
  return (await file.stat()).size;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
