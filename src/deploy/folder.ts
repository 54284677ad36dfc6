import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One file of a folder to deploy. `path` is relative, with forward slashes. */
export interface FolderFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** What never belongs into a package. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  '.git',
  '.DS_Store',
  '__pycache__',
  '.venv',
  '.npmrc',
  '.env',
]);

/** Every file of a folder, in order of the paths; symbolic links are followed, as zips for functions need. */
export function readFolder(folder: string): FolderFile[] {
  const files: FolderFile[] = [];
  walk(folder, '', files);
  return files;
}

/** True when the folder holds this file. */
export function holds(folder: string, path: string): boolean {
  return statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true;
}

function walk(folder: string, prefix: string, into: FolderFile[]): void {
  for (const name of readdirSync(join(folder, prefix)).sort()) {
    if (LEFT_OUT.has(name)) continue;
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (found.isDirectory()) walk(folder, path, into);
    else if (found.isFile()) {
      into.push({ path, bytes: readFileSync(join(folder, path)), executable: (found.mode & 0o111) !== 0 });
    }
  }
}
