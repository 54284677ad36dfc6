import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../base/remove-tree.ts';

/** What {@link RunFolder} needs. */
export interface RunFolderOptions {
  /** Where short-lived files go; its path is short, for a socket's path may have 107 bytes. */
  readonly tmpDirectory: string;
  /** The data directory; it remembers the folder, so that the next start removes what a kill left behind. */
  readonly dataDirectory: string;
}

/** A folder for what environments share with the platform in one run; only the platform's user may enter it. */
export class RunFolder implements AsyncDisposable {
  readonly path: string;
  readonly #note: string;

  private constructor(path: string, note: string) {
    this.path = path;
    this.#note = note;
  }

  /** Makes it anew. Nobody else may be running on the data directory. */
  static async open({ tmpDirectory, dataDirectory }: RunFolderOptions): Promise<RunFolder> {
    const note = join(dataDirectory, 'run-folder');
    const before = await readFile(note, 'utf8').catch(() => '');
    if (/\/millrace-[A-Za-z0-9]{6}$/.test(before)) {
      // What a function made so that it cannot be removed does not keep the platform from starting.
      await removeTree(before).catch(() => undefined);
    }
    const path = await mkdtemp(join(tmpDirectory, 'millrace-'));
    await writeFile(note, path);
    return new RunFolder(path, note);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.path).catch(() => undefined);
    await rm(this.#note, { force: true });
  }
}
