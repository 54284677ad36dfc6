import type { BlobStore } from '../store/blob.ts';
import type { CodeFolders } from './code-folders.ts';
import type { FunctionPackage, FunctionRecord } from './function.ts';
import { layersName } from './layer.ts';
import type { Turns } from './turns.ts';

/** What {@link KeptCode} works with. */
export interface KeptCodeOptions {
  readonly blobs: BlobStore;
  readonly code: CodeFolders;
  readonly turns: Turns;
}

/** Zips of functions and layers, and what is unpacked of them, for as long as somebody names them. */
export class KeptCode {
  readonly #options: KeptCodeOptions;
  readonly #users: (() => Iterable<string>)[] = [];

  constructor(options: KeptCodeOptions) {
    this.#options = options;
  }

  /** What `hashes` answers is kept. */
  keepFor(hashes: () => Iterable<string>): void {
    this.#users.push(hashes);
  }

  /** Keeps a zip and has it named, while nobody frees code: the same zip may just lose its last user. */
  with<Record>(
    zip: { readonly bytes: Uint8Array; readonly unpackedBytes: number },
    name: (kept: FunctionPackage) => Promise<Record>,
  ): Promise<Record> {
    return this.#options.turns.take('code', async () => {
      const { bytes, unpackedBytes } = zip;
      return name({ sha256: await this.#options.blobs.put(bytes), sizeBytes: bytes.length, unpackedBytes });
    });
  }

  /** Frees those of `hashes` that nobody names any more. */
  forget(hashes: readonly string[]): Promise<void> {
    return this.#options.turns.take('code', async () => {
      const wanted = this.#wanted();
      for (const hash of hashes) {
        if (wanted.has(hash)) continue;
        await this.#options.blobs.remove(hash);
        await this.#options.code.drop(hash);
      }
    });
  }

  /** Frees every zip that nobody names: a kill may have left some. */
  async freeZips(): Promise<void> {
    await this.#options.blobs.keepOnly(this.#wanted());
  }

  /** The same for what is unpacked. */
  async freeFolders(): Promise<void> {
    await this.#options.code.keepOnly(this.#wanted());
  }

  #wanted(): ReadonlySet<string> {
    return new Set(this.#users.flatMap((hashes) => [...hashes()]));
  }
}

/** Everything of a function's that is kept by hash: its code, its layers, and what they are together. */
export function keptHashes({ package: code, settings }: FunctionRecord): readonly string[] {
  const layers = settings.layers ?? [];
  const together = layersName(layers);
  return [code.sha256, ...layers.map(({ sha256 }) => sha256), ...(together === undefined ? [] : [together])];
}
