import { zipSync, type Zippable } from 'fflate';
import type { FolderFile } from './folder.ts';

/** "Made by Unix", so that the permissions in the external attributes count. */
const UNIX = 3;
/** The same files give the same bytes: zip knows no earlier day. */
const FIXED_TIME = '1980-01-01T12:00:00';

/** A zip of the files, with their execute rights; the same files give the same bytes. */
export function zipFiles(files: readonly FolderFile[]): Uint8Array {
  const entries: Zippable = {};
  for (const file of files) {
    const mode = file.executable ? 0o100755 : 0o100644;
    entries[file.path] = [file.bytes, { os: UNIX, attrs: (mode << 16) >>> 0, mtime: FIXED_TIME, level: 6 }];
  }
  return zipSync(entries);
}
