import { mkdtempSync, readlinkSync } from 'node:fs';
import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roomyPlace, smallFilePlaces, type SmallFilePlaces } from '../base/memory-folder.ts';
import { removeTree } from '../base/remove-tree.ts';
import { RoomyFolder } from '../base/roomy-folder.ts';
import { isRunning } from './process-tree.ts';

/** The kernel's number of the first namespace of processes. */
const FIRST_NAMESPACE = '4026531836';

/** A folder that does not say whose it is counts as left behind when nothing in it has changed for this long. */
const ABANDONED_MS = 7 * 24 * 3_600_000;

/** A new empty folder for its owner alone, with the number of this process: swept by a later one when this was killed. */
export function makeOwnFolder(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), beginning(purpose)));
}

/**
 * The same for small files, in memory where that is possible and while there is room. `onMade` learns of all that were made, each
 * time that one more was.
 */
export function makeOwnRoomyFolder(
  purpose: string,
  places = smallFilePlaces(),
  onMade: (paths: readonly string[]) => void = () => undefined,
): RoomyFolder {
  const made: string[] = [];
  const makeIn = (place: string): string => {
    const path = mkdtempSync(join(place, beginning(purpose)));
    made.push(path);
    onMade(made);
    return path;
  };
  return new RoomyFolder(makeIn(roomyPlace(places)), () => makeIn(places.disk));
}

/**
 * Removes this user's folders of that purpose whose process is gone, and those that are a week old and without a process's number, or
 * with one that means another process here: of another container, that shares a place.
 */
export async function sweepLeftFolders(
  purpose: string,
  nowMs: number,
  { memory, disk }: SmallFilePlaces = smallFilePlaces(),
): Promise<void> {
  for (const parent of new Set([disk, memory ?? disk])) await sweepIn(parent, purpose, nowMs);
}

function beginning(purpose: string): string {
  const namespace = ownNamespace();
  return `millrace-${purpose}-${process.pid}-${namespace === FIRST_NAMESPACE ? '' : `${namespace}-`}`;
}

/** In which numbers of processes mean what they mean to this one. */
function ownNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? FIRST_NAMESPACE;
  } catch {
    return FIRST_NAMESPACE;
  }
}

async function sweepIn(parent: string, purpose: string, nowMs: number): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const pattern = new RegExp(`^millrace-${purpose}-(?:(\\d+)-(?:(\\d+)-)?)?[A-Za-z0-9]+$`);
  const own = ownNamespace();
  for (const name of names) {
    const [isOurs, told, namespace = FIRST_NAMESPACE] = pattern.exec(name) ?? [];
    const number = namespace === own ? told : undefined;
    if (isOurs === undefined || (number !== undefined && (await isRunning(Number(number))))) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.uid !== process.getuid?.() || !found?.isDirectory()) continue;
    const isLeft = number !== undefined || nowMs - found.mtimeMs > ABANDONED_MS;
    // What somebody else is just removing, or what resists, does not keep the platform from starting.
    if (isLeft) await removeTree(path).catch(() => undefined);
  }
}
