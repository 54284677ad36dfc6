import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { failed, ok, type Result } from '../base/result.ts';
import type { PackageRefused } from './functions.ts';
import { wrongLink } from './package-paths.ts';
import { notUnzipped, type OpenPackage, type PackageEntry } from './package.ts';

/** The longest target of a symbolic link. */
const LONGEST_LINK_BYTES = 4096;

/**
 * Unpacks a checked package into `folder`, which must be new. Everyone may read what it writes, its owner alone
 * may change it. Links come last, so that nothing is written through one.
 */
export async function unpack(opened: OpenPackage, folder: string): Promise<Result<void, PackageRefused>> {
  try {
    await makeFolders(opened.entries, folder);
    for (const entry of opened.entries) {
      if (entry.kind === 'file') await writeFile(opened, entry, folder);
    }
    return await makeLinks(opened, folder);
  } catch (error) {
    if (isOurs(error)) throw error;
    return failed(notUnzipped(error));
  } finally {
    opened.zip.close();
  }
}

/** Errors of this machine's file system, as opposed to what is wrong inside the zip. */
function isOurs(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined && !['ENAMETOOLONG', 'EINVAL'].includes(code);
}

async function makeFolders(entries: readonly PackageEntry[], folder: string): Promise<void> {
  const folders = new Set<string>();
  for (const { path, kind } of entries) {
    let at = kind === 'folder' ? path : dirname(path);
    for (; at !== '' && at !== '.'; at = dirname(at)) folders.add(at);
  }
  // Parents have shorter paths. The mode is set apart: what mkdir makes is cut by the umask.
  for (const path of [...folders].toSorted((one, other) => one.length - other.length)) {
    await mkdir(join(folder, path));
    await chmod(join(folder, path), 0o755);
  }
}

async function writeFile(opened: OpenPackage, entry: PackageEntry, folder: string): Promise<void> {
  const path = join(folder, entry.path);
  const source = await opened.zip.openReadStreamPromise(entry.entry);
  await pipeline(source, createWriteStream(path, { flags: 'wx' }));
  await chmod(path, entry.executable ? 0o755 : 0o644);
}

async function makeLinks(opened: OpenPackage, folder: string): Promise<Result<void, PackageRefused>> {
  const links = opened.entries.filter((entry) => entry.kind === 'link');
  const paths = new Set(links.map((link) => link.path));
  for (const link of links) {
    if (link.entry.uncompressedSize > LONGEST_LINK_BYTES)
      return refused(`The link ${link.path} is too long.`);
    const target = (await buffer(await opened.zip.openReadStreamPromise(link.entry))).toString('utf8');
    const wrong = wrongLink(link.path, target, paths);
    if (wrong !== undefined) return refused(wrong);
    await symlink(target, join(folder, link.path));
  }
  return ok(undefined);
}

function refused(reason: string): { readonly ok: false; readonly failure: PackageRefused } {
  return failed({ kind: 'package-refused', reason });
}
