import { mkdtempSync } from 'node:fs';
import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roomyPlace, smallFilePlaces } from '../base/memory-folder.ts';
import { removeTree } from '../base/remove-tree.ts';
import { RoomyFolder } from '../base/roomy-folder.ts';
import { isRunning } from './process-tree.ts';

/** A folder that does not say whose it is counts as left behind when nothing in it has changed for this long. */
const ABANDONED_MS = 7 * 24 * 3_600_000;

/** A new empty folder for its owner alone, with the number of this process: swept by a later one when this was killed. */
export function makeOwnFolder(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), beginning(purpose)));
}

/** The same for small files, in memory where that is possible and while there is room. */
export function makeOwnRoomyFolder(purpose: string, places = smallFilePlaces()): RoomyFolder {
  const makeIn = (place: string): string => mkdtempSync(join(place, beginning(purpose)));
  return new RoomyFolder(makeIn(roomyPlace(places)), () => makeIn(places.disk));
}

/** Removes this user's folders of that purpose whose process is gone, and those without a process's number that are a week old. */
export async function sweepLeftFolders(purpose: string, nowMs: number): Promise<void> {
  const { memory, disk } = smallFilePlaces();
  for (const parent of new Set([disk, memory ?? disk])) await sweepIn(parent, purpose, nowMs);
}

function beginning(purpose: string): string {
  return `millrace-${purpose}-${process.pid}-`;
}

async function sweepIn(parent: string, purpose: string, nowMs: number): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const pattern = new RegExp(`^millrace-${purpose}-(?:(\\d+)-)?[A-Za-z0-9]+$`);
  for (const name of names) {
    const [isOurs, number] = pattern.exec(name) ?? [];
    if (isOurs === undefined || (number !== undefined && (await isRunning(Number(number))))) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.uid !== process.getuid?.() || !found?.isDirectory()) continue;
    const isLeft = number !== undefined || nowMs - found.mtimeMs > ABANDONED_MS;
    // What somebody else is just removing, or what resists, does not keep the platform from starting.
    if (isLeft) await removeTree(path).catch(() => undefined);
  }
}
