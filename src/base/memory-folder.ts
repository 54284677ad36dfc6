import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where files are kept in memory, on nearly every machine; in a container it may have 64 MB, or less, and others fill it as well. */
const MEMORY_FOLDER = '/dev/shm';

/** With less than this a folder counts as full: names and files of a few thousand environments take as much. */
const LEAST_FREE_BYTES = 16 * 1_048_576;
const LEAST_FREE_FILES = 10_000;

/** Where small files go that live no longer than this process: a place in memory if there is one, and one on the disk. */
export interface SmallFilePlaces {
  /** Undefined where nothing can be kept in memory. */
  readonly memory: string | undefined;
  /** The folder for temporary files. */
  readonly disk: string;
}

/** Those of this machine; making a name on a disk takes several times as long as in memory. */
export function smallFilePlaces(): SmallFilePlaces {
  return { memory: isWritable(MEMORY_FOLDER) ? MEMORY_FOLDER : undefined, disk: tmpdir() };
}

/** The one to be used now: that in memory, unless there is no room in it. */
export function roomyPlace({ memory, disk }: SmallFilePlaces = smallFilePlaces()): string {
  return memory !== undefined && hasRoom(memory) ? memory : disk;
}

/** False when the file system of a folder is nearly full, or has hardly any files left to give. */
export function hasRoom(folder: string): boolean {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  // A file system without a bound of files tells that it has none.
  return bavail * bsize >= LEAST_FREE_BYTES && (files === 0 || ffree >= LEAST_FREE_FILES);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
