import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lchown, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeTree } from '../base/remove-tree.ts';
import type { CodeFolders } from './code-folders.ts';
import { functionKeyText, type FunctionRecord } from './function.ts';
import type { Priming } from './runtime/runtime.ts';

/**
 * What priming made, beside the code that it was made from: a folder for each function, for the code of one function
 * fills it and must not reach another. A folder appears whole or not at all, and goes with the code.
 */
export class PrimedFolders {
  readonly #code: Pick<CodeFolders, 'beside' | 'newAside'>;

  constructor(code: Pick<CodeFolders, 'beside' | 'newAside'>) {
    this.#code = code;
  }

  /** The folder that serves this function as it stands; undefined when none has been made. */
  async find(record: FunctionRecord, priming: Priming): Promise<string | undefined> {
    const folder = this.pathOf(record, priming);
    // Asked at every start: a look takes less time than to have another thread look.
    return existsSync(folder) ? folder : undefined;
  }

  /** The folder's path, whether it is there or not: one for each result that may differ. */
  pathOf(record: FunctionRecord, priming: Priming): string {
    const { handler, layers = [] } = record.settings;
    const parts = [priming.version, handler, ...layers.map(({ sha256 }) => sha256)];
    return join(this.#folderOf(record), hash(parts.join('/')));
  }

  /** An empty folder that any user may fill; {@link keep} or {@link discard} follows. */
  async begin(): Promise<string> {
    const folder = await this.#code.newAside();
    await chmod(folder, 0o777);
    return folder;
  }

  /** Takes over what was made: plain files and folders stay, now the platform's own. Older results go. */
  async keep(made: string, record: FunctionRecord, priming: Priming): Promise<void> {
    await takeOver(made);
    const folder = this.pathOf(record, priming);
    await removeTree(dirname(folder));
    await mkdir(dirname(folder), { recursive: true });
    await rename(made, folder);
  }

  async discard(made: string): Promise<void> {
    await removeTree(made);
  }

  /** The function is gone: so is what was made for it. */
  async drop(record: FunctionRecord): Promise<void> {
    await removeTree(this.#folderOf(record));
  }

  #folderOf(record: FunctionRecord): string {
    return this.#code.beside(record.package.sha256, `primed-${hash(functionKeyText(record.key))}`);
  }
}

/** Files made by a function's own code, as another user: nothing special among them may stay, nor its ownership. */
async function takeOver(path: string): Promise<void> {
  const found = await lstat(path);
  if (!found.isFile() && !found.isDirectory()) return rm(path);
  if (process.getuid?.() === 0) await lchown(path, 0, 0);
  await chmod(path, found.isDirectory() ? 0o755 : 0o644);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await takeOver(join(path, name));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
