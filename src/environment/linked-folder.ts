import { link, mkdir, opendir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder is made of, as far as it takes to show it elsewhere. */
export type Listing = readonly ListedEntry[];

interface ListedEntry {
  /** Relative to the folder; parents come before what is in them. */
  readonly path: string;
  readonly kind: 'folder' | 'file' | 'link';
}

/** All that is in a folder; undefined when it has more than `mostEntries` entries or something special in it. */
export async function listFolder(folder: string, mostEntries: number): Promise<Listing | undefined> {
  const found: ListedEntry[] = [];
  const isWhole = await list(folder, '', { found, mostEntries });
  return isWhole ? found : undefined;
}

async function list(
  folder: string,
  below: string,
  into: { readonly found: ListedEntry[]; readonly mostEntries: number },
): Promise<boolean> {
  for await (const entry of await opendir(join(folder, below))) {
    const path = join(below, entry.name);
    const kind = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'file';
    if (into.found.length >= into.mostEntries || (kind === 'file' && !entry.isFile())) return false;
    into.found.push({ path, kind });
    if (kind === 'folder' && !(await list(folder, path, into))) return false;
  }
  return true;
}

/**
 * Fills the empty folder `to` with what `from` holds, without copying: the files are the same by hard links, so both
 * must be on one file system. Whoever sees `to` read-only can change none of them.
 */
export async function linkFolder(listing: Listing, from: string, to: string): Promise<void> {
  let files: Promise<void>[] = [];
  for (const { path, kind } of listing) {
    if (kind === 'folder') await mkdir(join(to, path), { mode: 0o755 });
    else if (kind === 'link') await symlink(await readlink(join(from, path)), join(to, path));
    else files.push(link(join(from, path), join(to, path)));
    if (files.length >= FILES_AT_ONCE) {
      await Promise.all(files);
      files = [];
    }
  }
  await Promise.all(files);
}

const FILES_AT_ONCE = 64;
