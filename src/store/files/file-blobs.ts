import { hash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '../../base/assert.ts';
import type { BlobStore } from '../blob.ts';
import { DiskFullError, isDiskFull } from '../disk-full.ts';
import { syncDirectory } from './sync-directory.ts';

/** What a {@link FileBlobs} needs. */
export interface FileBlobsOptions {
  /** The folder that holds the packages; made when it is missing. */
  readonly directory: string;
}

/**
 * Packages as files named by their SHA-256: written under another name, synced, renamed, and the folder synced,
 * so that a file under its final name is always whole. A full disk rejects with
 * {@link DiskFullError}, other errors as they are; nothing is left under the final name then.
 */
export class FileBlobs implements BlobStore {
  readonly #directory: string;
  #unfinished = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the folder and clears away what an interrupted `put` left. */
  static async open(options: FileBlobsOptions): Promise<FileBlobs> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    await syncDirectory(dirname(options.directory));
    const names = await readdir(options.directory);
    const left = names.filter((name) => name.startsWith(UNFINISHED));
    await Promise.all(left.map((name) => rm(join(options.directory, name), { force: true })));
    return new FileBlobs(options.directory);
  }

  async put(bytes: Uint8Array): Promise<string> {
    const sha256 = hash('sha256', bytes);
    const unfinished = join(this.#directory, `${UNFINISHED}${this.#unfinished++}`);
    try {
      await writeSynced(unfinished, bytes);
      await rename(unfinished, this.#path(sha256));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw isDiskFull(error) ? new DiskFullError('a package was not kept') : error;
    }
    await syncDirectory(this.#directory);
    return sha256;
  }

  async read(sha256: string): Promise<Uint8Array | undefined> {
    if (!SHA256.test(sha256)) return undefined;
    const bytes = await readFile(this.#path(sha256)).catch(undefinedWhenMissing);
    if (bytes === undefined) return undefined;
    assert(hash('sha256', bytes) === sha256, `the package ${this.#path(sha256)} is undamaged`);
    return bytes;
  }

  async remove(sha256: string): Promise<void> {
    if (!SHA256.test(sha256)) return;
    await rm(this.#path(sha256), { force: true });
    await syncDirectory(this.#directory);
  }

  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#directory);
    const strays = names.filter((name) => SHA256.test(name) && !wanted.has(name));
    await Promise.all(strays.map((name) => rm(this.#path(name), { force: true })));
    if (strays.length > 0) await syncDirectory(this.#directory);
  }

  #path(sha256: string): string {
    return join(this.#directory, sha256);
  }
}

const UNFINISHED = 'unfinished-';
const SHA256 = /^[0-9a-f]{64}$/;

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(bytes);
  await file.sync();
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
