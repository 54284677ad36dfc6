import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** How large a folder may become. */
export interface FolderLimit {
  readonly sizeBytes: number;
  readonly entries: number;
}

/** True when a folder, all that is in it included, is within a limit; looks no further than it must. */
export async function isWithin(folder: string, limit: FolderLimit): Promise<boolean> {
  const left = { ...limit };
  await measure(folder, left);
  return left.sizeBytes >= 0 && left.entries >= 0;
}

async function measure(folder: string, left: { sizeBytes: number; entries: number }): Promise<void> {
  const opened = await opendir(folder).catch((error: NodeJS.ErrnoException) => error.code);
  if (typeof opened !== 'object') {
    // Files come and go while this looks: what is gone counts nothing. What hides, in depths or behind rights, counts as all.
    if (opened !== 'ENOENT') left.entries = -1;
    return;
  }
  for await (const entry of opened) {
    const path = join(folder, entry.name);
    left.entries -= 1;
    if (entry.isDirectory()) await measure(path, left);
    else left.sizeBytes -= (await lstat(path).catch(() => undefined))?.size ?? 0;
    if (left.sizeBytes < 0 || left.entries < 0) return;
  }
}
