import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeTree } from '../base/remove-tree.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { BlobStore } from '../store/blob.ts';
import type { PackageRefused } from './functions.ts';
import { openPackage } from './package.ts';
import type { Runtime } from './runtime/runtime.ts';
import { unpack } from './unpack.ts';

/** Ready code on disk, kept there until it is given back. */
export interface BorrowedCode extends Disposable {
  readonly folder: string;
}

/** The zip of this code is not in the blob store any more. */
export interface CodeMissing {
  readonly kind: 'code-missing';
  readonly sha256: string;
}

/** Unpacked code that has no place yet. */
export interface StagedCode {
  readonly folder: string;
  readonly unpackedBytes: number;
}

/** What {@link CodeFolders} needs. */
export interface CodeFoldersOptions {
  /** A folder that belongs to this class alone. */
  readonly directory: string;
  readonly blobs: BlobStore;
  readonly random: Random;
}

/**
 * Unpacked, prepared code by hash and preparation: `directory/<sha256>/<preparation>`. A folder appears whole or
 * not at all (made aside, then renamed) and never changes. It goes when it is neither wanted nor borrowed.
 */
export class CodeFolders {
  readonly #options: CodeFoldersOptions;
  readonly #making = new Map<string, Promise<Result<string, CodeMissing | PackageRefused>>>();
  readonly #borrowed = new Map<string, number>();
  readonly #dropped = new Set<string>();
  readonly #sweeping = new Map<string, Promise<void>>();

  private constructor(options: CodeFoldersOptions) {
    this.#options = options;
  }

  /** Opens the directory. What a lost machine may have left half written is made anew when it is needed. */
  static async open(options: CodeFoldersOptions): Promise<CodeFolders> {
    const { directory } = options;
    const bootFile = join(directory, 'boot');
    const boot = await bootId();
    const before = await readFile(bootFile, 'utf8').catch(() => '');
    if (boot !== before) await removeTree(directory);
    // What cannot be removed takes room on the disk, and is in nobody's way.
    await removeTree(join(directory, 'staging')).catch(() => undefined);
    await mkdir(join(directory, 'staging'), { recursive: true });
    await chmod(directory, 0o700);
    await writeFile(bootFile, boot);
    return new CodeFolders(options);
  }

  /** Unpacks a package to the side, which also checks it; `finish` or `discard` must follow. */
  async stage(zip: Uint8Array): Promise<Result<StagedCode, PackageRefused>> {
    const folder = this.#newStaging();
    const unpacked = await unpackInto(zip, folder).catch(async (error: unknown) => {
      await removeTree(folder);
      throw error;
    });
    if (unpacked.ok) return ok({ folder, unpackedBytes: unpacked.value });
    await removeTree(folder);
    return unpacked;
  }

  /** Prepares staged code and puts it in its place. */
  finish(staged: StagedCode, sha256: string, runtime: Runtime): Promise<void> {
    return this.#place(staged.folder, this.#folderOf(sha256, runtime), runtime);
  }

  /** Removes staged code that nobody wants. */
  async discard(staged: StagedCode): Promise<void> {
    await removeTree(staged.folder);
  }

  /** The ready folder, made now when it is not there yet; it stays until the answer is disposed. */
  borrow(sha256: string, runtime: Runtime): Promise<Result<BorrowedCode, CodeMissing | PackageRefused>> {
    const folder = this.#folderOf(sha256, runtime);
    return this.#lend(sha256, folder, async () => {
      const staged = await this.#unpacked(sha256);
      if (staged.ok) await this.#place(staged.value, folder, runtime);
      return staged;
    });
  }

  /** What layers are together, later ones over earlier ones, with a folder for extensions; see {@link layersName}. */
  borrowLayers(
    name: string,
    sha256s: readonly string[],
  ): Promise<Result<BorrowedCode, CodeMissing | PackageRefused>> {
    const folder = join(this.#options.directory, name, 'layers');
    return this.#lend(name, folder, async () => {
      const merged = this.#newStaging();
      try {
        await mkdir(join(merged, 'extensions'), { recursive: true });
        await chmod(merged, 0o755);
        for (const sha256 of sha256s) {
          const staged = await this.#unpacked(sha256);
          if (!staged.ok) return staged;
          const wrong = await layOver(staged.value, merged);
          await removeTree(staged.value);
          if (wrong !== undefined) return failed({ kind: 'package-refused', reason: wrong });
        }
        await this.#settle(merged, folder);
        return ok(folder);
      } finally {
        await removeTree(merged);
      }
    });
  }

  async #lend(
    sha256: string,
    folder: string,
    make: () => Promise<Result<string, CodeMissing | PackageRefused>>,
  ): Promise<Result<BorrowedCode, CodeMissing | PackageRefused>> {
    this.#count(sha256, 1);
    let release: (() => void) | undefined = () => this.#count(sha256, -1);
    const end = (): void => {
      release?.();
      release = undefined;
    };
    try {
      const made = await this.#ensure(sha256, folder, make);
      if (made.ok) return ok({ folder, [Symbol.dispose]: end });
      end();
      return made;
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Where something made from this code is kept, so that it goes with it. Nothing is made here. */
  beside(sha256: string, name: string): string {
    return join(this.#options.directory, sha256, name);
  }

  /** A new empty folder, to be renamed to its place when it is whole; what a kill leaves of it goes at the next start. */
  async newAside(): Promise<string> {
    const folder = this.#newStaging();
    await mkdir(folder);
    return folder;
  }

  /** No function uses this code any more: its folders go as soon as nobody borrows them. */
  async drop(sha256: string): Promise<void> {
    this.#dropped.add(sha256);
    await this.#sweep(sha256);
  }

  /** Drops every folder whose code is not among `wanted`. */
  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.#options.directory)) {
      if (/^[0-9a-f]{64}$/.test(name) && !wanted.has(name)) await this.drop(name);
    }
  }

  #ensure(
    sha256: string,
    folder: string,
    make: () => Promise<Result<string, CodeMissing | PackageRefused>>,
  ): Promise<Result<string, CodeMissing | PackageRefused>> {
    this.#dropped.delete(sha256);
    const making = this.#making.get(folder);
    if (making !== undefined) return making;
    const makeOnce = async (): Promise<Result<string, CodeMissing | PackageRefused>> => {
      await this.#sweeping.get(sha256);
      // Asked at every start: a look takes less time than to have another thread look.
      return existsSync(folder) ? ok(folder) : make();
    };
    const made = makeOnce().finally(() => this.#making.delete(folder));
    this.#making.set(folder, made);
    return made;
  }

  /** The folder, to the side, of what the blob store keeps. */
  async #unpacked(sha256: string): Promise<Result<string, CodeMissing | PackageRefused>> {
    const zip = await this.#options.blobs.read(sha256);
    if (zip === undefined) return failed({ kind: 'code-missing', sha256 });
    const staged = await this.stage(zip);
    return staged.ok ? ok(staged.value.folder) : staged;
  }

  async #place(staging: string, folder: string, runtime: Runtime): Promise<void> {
    try {
      await runtime.prepare(staging);
      await this.#settle(staging, folder);
    } finally {
      await removeTree(staging);
    }
  }

  async #settle(staging: string, folder: string): Promise<void> {
    await mkdir(dirname(folder), { recursive: true });
    await rename(staging, folder).catch(alreadyThere);
  }

  #folderOf(sha256: string, runtime: Runtime): string {
    return join(this.#options.directory, sha256, runtime.preparation);
  }

  #newStaging(): string {
    return join(this.#options.directory, 'staging', this.#options.random.uuid());
  }

  #count(sha256: string, by: number): void {
    const count = (this.#borrowed.get(sha256) ?? 0) + by;
    if (count > 0) this.#borrowed.set(sha256, count);
    else this.#borrowed.delete(sha256);
    // A folder that cannot be removed now is removed when the platform starts again.
    if (count === 0) void this.#sweep(sha256).catch(() => undefined);
  }

  async #sweep(sha256: string): Promise<void> {
    if (!this.#dropped.has(sha256) || this.#borrowed.has(sha256)) return;
    this.#dropped.delete(sha256);
    const folder = join(this.#options.directory, sha256);
    const sweeping = removeTree(folder).finally(() => this.#sweeping.delete(sha256));
    this.#sweeping.set(sha256, sweeping);
    await sweeping;
  }
}

/** The same code was prepared twice at once; both are equal, the first stays. */
function alreadyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

/** Answers how many bytes the files have together. */
async function unpackInto(zip: Uint8Array, folder: string): Promise<Result<number, PackageRefused>> {
  const opened = await openPackage(zip);
  if (!opened.ok) return opened;
  await mkdir(folder, { recursive: true });
  // Whoever runs the code may be another user than we are.
  await chmod(folder, 0o755);
  const { unpackedBytes } = opened.value;
  const unpacked = await unpack(opened.value, folder);
  return unpacked.ok ? ok(unpackedBytes) : unpacked;
}

/** Moves what one layer brings over those before it; a sentence when they do not fit together. */
async function layOver(layer: string, merged: string): Promise<string | undefined> {
  try {
    await cp(layer, merged, { recursive: true, verbatimSymlinks: true });
    return undefined;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // A folder of one where another has a file or a link.
    if (!code.startsWith('ERR_FS_CP_')) throw error;
    return `The layers of this function do not fit together: ${message}`;
  }
}

/** Names one boot of the machine: what was written before it may not have reached the disk whole. */
async function bootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown');
}
