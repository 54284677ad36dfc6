import { present } from '../base/assert.ts';
import type { BlobStore } from '../store/blob.ts';
import type { Aliases } from './aliases.ts';
import type { CatalogVersions } from './catalog-versions.ts';
import type { CodeSigningConfigs } from './code-signing.ts';
import type { EventInvokes } from './event-invoke.ts';
import { FunctionLookups } from './function-lookups.ts';
import { openFunctionParts, type FunctionGround, type FunctionParts } from './function-parts.ts';
import type { FunctionUrls } from './function-urls.ts';
import type { FunctionKey, FunctionRecord, FunctionTarget } from './function.ts';
import type { FunctionListener, Functions } from './functions.ts';
import type { Layers } from './layers.ts';
import type { Policies } from './policies.ts';
import { removeFunction } from './removal.ts';
import { SettingsChanges } from './settings-changes.ts';
import { Uploads } from './uploads.ts';

/** All functions, as catalog records and blobs, and what belongs to them. */
export class CatalogFunctions implements Functions, AsyncDisposable {
  readonly versions: CatalogVersions;
  readonly aliases: Aliases;
  readonly eventInvokes: EventInvokes;
  readonly policies: Policies;
  readonly urls: FunctionUrls;
  readonly layers: Layers;
  readonly codeSigning: CodeSigningConfigs;
  readonly #parts: FunctionParts;
  readonly #blobs: BlobStore;
  readonly #lookups: FunctionLookups;
  readonly #uploads: Uploads;
  readonly #settings: SettingsChanges;

  readonly create: Functions['create'] = (...asked) => this.#uploads.create(...asked);
  readonly changeCode: Functions['changeCode'] = (...asked) => this.#uploads.replace(...asked);
  readonly tryCode: Functions['tryCode'] = (...asked) => this.#uploads.try(...asked);
  readonly changeSettings: Functions['changeSettings'] = (...asked) => this.#settings.change(...asked);
  readonly reserve: Functions['reserve'] = (...asked) => this.#settings.reserve(...asked);
  readonly tag: Functions['tag'] = (...asked) => this.#settings.tag(...asked);
  readonly setCodeSigning: Functions['setCodeSigning'] = (...asked) =>
    this.#settings.setCodeSigning(...asked);
  readonly allowLoops: Functions['allowLoops'] = (...asked) => this.#settings.allowLoops(...asked);
  readonly delete: Functions['delete'] = (key) => removeFunction(this.#parts, key);

  private constructor(ground: FunctionGround, parts: FunctionParts) {
    this.versions = parts.versions;
    this.aliases = parts.aliases;
    this.eventInvokes = parts.eventInvokes;
    this.policies = parts.policies;
    this.urls = parts.urls;
    this.layers = parts.layers;
    this.codeSigning = parts.codeSigning;
    this.#parts = parts;
    this.#blobs = ground.blobs;
    const { aliases } = parts.belongings;
    this.#lookups = new FunctionLookups({ records: parts.records, aliases, random: ground.random });
    this.#uploads = new Uploads({ ...parts, code: ground.code });
    this.#settings = new SettingsChanges(parts);
  }

  /** Reads the catalog, removes what a kill left of deletions and uploads, and begins to get code ready in the background. */
  static async open(ground: FunctionGround): Promise<CatalogFunctions> {
    const parts = await openFunctionParts(ground);
    parts.preparation.inBackground('code folders', parts.kept.freeFolders());
    for (const record of parts.records.all()) parts.preparation.begin(record);
    return new CatalogFunctions(ground, parts);
  }

  get(key: FunctionKey): FunctionRecord | undefined {
    return this.#parts.records.get(key);
  }

  resolve(target: FunctionTarget): FunctionRecord | undefined {
    return this.#lookups.resolve(target);
  }

  list(account: string, region: string): readonly FunctionRecord[] {
    return this.#lookups.list(account, region);
  }

  /** All functions of every account and region, without their versions. */
  all(): readonly FunctionRecord[] {
    return this.#lookups.latest();
  }

  /** Versions of every function that are to stand ready. */
  provisioned(): readonly FunctionRecord[] {
    return this.#lookups.provisioned();
  }

  async code(record: FunctionRecord): Promise<Uint8Array> {
    return present(await this.#blobs.read(record.package.sha256), 'the code of a function');
  }

  listen(listener: FunctionListener): () => void {
    return this.#parts.listeners.add(listener);
  }

  /** Resolves when no package is being prepared. */
  async settled(): Promise<void> {
    await this.#parts.preparation.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
  }
}
