import { rmSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a folder with everything in it, or a file; nothing when it is not there. What is in it may have been made to
 * resist: folders nested deeper than a path can say, folders that nobody may enter.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await openUp(path);
    // Unlike the other, this one goes down folder by folder, and names no path from the top.
    rmSync(path, { recursive: true, force: true });
  }
}

/** Lets the owner into every folder that a path can name. */
async function openUp(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await openUp(join(folder, entry.name));
    }
  } catch {
    // What cannot be entered is left to the removal, which says why it fails.
  }
}
