import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * True when users other than the owner can enter `directory`: every folder on the way there, itself included, lets
 * them through. Folders that do not exist yet are taken as made with the usual mode.
 */
export function othersCanEnter(directory: string): boolean {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
