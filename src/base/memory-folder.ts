import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where files are kept in memory, on nearly every machine. */
const MEMORY_FOLDER = '/dev/shm';

/**
 * Where small files go that live no longer than this process: in memory where that is possible, for making a name on a disk
 * takes several times as long; else the folder for temporary files.
 */
export function memoryFolder(): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK | constants.X_OK);
    return MEMORY_FOLDER;
  } catch {
    return tmpdir();
  }
}
