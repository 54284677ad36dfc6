import { writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SmallFilePlaces } from '../base/memory-folder.ts';
import { removeTree } from '../base/remove-tree.ts';
import type { RoomyFolder } from '../base/roomy-folder.ts';
import { makeOwnRoomyFolder, sweepLeftFolders } from '../sandbox/own-folder.ts';

/** What {@link RunFolder} needs. */
export interface RunFolderOptions {
  /** Where short-lived files go; their paths are short, for a socket's path may have 107 bytes. */
  readonly places: SmallFilePlaces;
  /** The data directory; it remembers the folders, so that the next start removes what a kill left behind. */
  readonly dataDirectory: string;
  readonly nowMs: number;
}

const PURPOSE = 'run';

/** A folder for what environments share with the platform in one run, and another while it has no room; only the platform's user may enter them. */
export class RunFolder implements AsyncDisposable {
  readonly #note: string;
  readonly #folder: RoomyFolder;

  private constructor(folder: RoomyFolder, note: string) {
    this.#folder = folder;
    this.#note = note;
  }

  /** Where something is to be made now. */
  get current(): string {
    return this.#folder.current;
  }

  /**
   * Makes it anew, and removes what killed platforms have left: of this data directory, and of others, which may be gone themselves.
   * Nobody else may be running on the data directory.
   */
  static async open({ places, dataDirectory, nowMs }: RunFolderOptions): Promise<RunFolder> {
    const note = join(dataDirectory, 'run-folder');
    const before = await readFile(note, 'utf8').catch(() => '');
    for (const path of before.split('\n')) {
      // What a function made so that it cannot be removed does not keep the platform from starting.
      if (/\/millrace-(run-[0-9-]+-)?[A-Za-z0-9]{6}$/.test(path))
        await removeTree(path).catch(() => undefined);
    }
    await sweepLeftFolders(PURPOSE, nowMs, places);
    const folder = makeOwnRoomyFolder(PURPOSE, places, (made) => writeFileSync(note, made.join('\n')));
    return new RunFolder(folder, note);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#folder.all) await removeTree(path).catch(() => undefined);
    await rm(this.#note, { force: true });
  }
}
