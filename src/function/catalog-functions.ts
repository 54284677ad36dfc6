import { hash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { present } from '../base/assert.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { BlobStore } from '../store/blob.ts';
import type { Catalog } from '../store/catalog.ts';
import type { Tell } from '../watch/event.ts';
import type { CodeFolders } from './code-folders.ts';
import type { Aliases } from './aliases.ts';
import { openBelongings, type Belongings } from './belongings.ts';
import { AliasProvisions } from './alias-provisions.ts';
import { CatalogAliases } from './catalog-aliases.ts';
import { CatalogVersions } from './catalog-versions.ts';
import { CatalogLayers } from './catalog-layers.ts';
import { CodeSigningConfigs } from './code-signing.ts';
import { EventInvokes } from './event-invoke.ts';
import { FunctionRecords } from './function-records.ts';
import { FunctionUrls } from './function-urls.ts';
import {
  functionKeyText,
  LATEST,
  type FunctionKey,
  type FunctionRecord,
  type FunctionSettings,
  type FunctionState,
  type FunctionTarget,
} from './function.ts';
import type {
  FunctionListener,
  Functions,
  NoSuchFunction,
  PackageRefused,
  RevisionMismatch,
} from './functions.ts';
import { keptHashes, KeptCode } from './kept-code.ts';
import type { Layers } from './layers.ts';
import { Policies } from './policies.ts';
import { tooLargeTogether } from './size-together.ts';
import type { Runtimes } from './runtime/runtimes.ts';
import { removeOrphans } from './orphans.ts';
import { Preparation } from './preparation.ts';
import { Turns } from './turns.ts';

/** What {@link CatalogFunctions} works with. */
export interface CatalogFunctionsOptions {
  readonly catalog: Catalog;
  readonly blobs: BlobStore;
  readonly code: CodeFolders;
  readonly runtimes: Runtimes;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
}

/** What is opened before the functions. */
interface Opened {
  readonly belongings: Belongings;
  readonly records: FunctionRecords;
  readonly layers: Layers;
  readonly codeSigning: CodeSigningConfigs;
  readonly kept: KeptCode;
  readonly turns: Turns;
}

type ChangeFailure = NoSuchFunction | RevisionMismatch;

/**
 * All functions, as catalog records and blobs. A new package is unpacked before the answer, so that a broken one is
 * refused; it is prepared after it, while the function is `pending`. Changes to one function happen one by one.
 */
export class CatalogFunctions implements Functions, AsyncDisposable {
  readonly #options: CatalogFunctionsOptions;
  readonly versions: CatalogVersions;
  readonly aliases: Aliases;
  readonly eventInvokes: EventInvokes;
  readonly policies: Policies;
  readonly urls: FunctionUrls;
  readonly layers: Layers;
  readonly codeSigning: CodeSigningConfigs;
  readonly #records: FunctionRecords;
  readonly #kept: KeptCode;
  readonly #belongings: Belongings;
  readonly #listeners = new Set<FunctionListener>();
  readonly #turns: Turns;
  readonly #preparation: Preparation;
  readonly #provisions: AliasProvisions;

  private constructor(options: CatalogFunctionsOptions, opened: Opened) {
    const { clock, random } = options;
    const { records, belongings, layers, kept, turns } = opened;
    const { aliases, eventInvokes, policies, urls, ofQualifiers } = belongings;
    const shared = { functions: records, aliases, ofQualifiers, turns, clock, random };
    this.#options = options;
    this.#records = records;
    this.#belongings = belongings;
    this.#kept = kept;
    this.#turns = turns;
    this.#preparation = new Preparation({
      ...options,
      ...{ records, turns },
      changed: (now, before) => this.#tellListeners((listener) => listener.changed?.(now, before)),
    });
    this.layers = layers;
    this.codeSigning = opened.codeSigning;
    this.eventInvokes = new EventInvokes(eventInvokes, turns);
    this.policies = new Policies(policies, turns, random);
    const isThere = (key: FunctionKey, name: string): boolean =>
      this.get(key) !== undefined && (name === LATEST || aliases.get(key, name) !== undefined);
    this.urls = new FunctionUrls({ records: urls, turns, random, isThere });
    const told = (call: (listener: FunctionListener) => void): void => this.#tellListeners(call);
    this.#provisions = new AliasProvisions({ functions: records, aliases, told });
    this.aliases = new CatalogAliases({ ...shared, provisions: this.#provisions });
    this.versions = new CatalogVersions({
      ...shared,
      prepare: (record) => this.#preparation.begin(record),
      forget: (record) => kept.forget(keptHashes(record)),
      told,
    });
  }

  /** Reads the catalog, removes what a kill left of deletions and uploads, and begins to get code ready in the background. */
  static async open(options: CatalogFunctionsOptions): Promise<CatalogFunctions> {
    const { catalog } = options;
    const records = await FunctionRecords.open(catalog);
    const turns = new Turns();
    const kept = new KeptCode({ ...options, turns });
    kept.keepFor(() => records.all().flatMap(keptHashes));
    const layers = await CatalogLayers.open({ ...options, kept, turns });
    const codeSigning = await CodeSigningConfigs.open({ ...options, turns });
    const belongings = await openBelongings(catalog);
    await removeOrphans(records, belongings);
    await kept.freeZips();
    const functions = new CatalogFunctions(options, {
      records,
      layers,
      codeSigning,
      belongings,
      kept,
      turns,
    });
    await functions.#provisions.followAll();
    functions.#reconcile();
    return functions;
  }

  async create(
    key: FunctionKey,
    settings: FunctionSettings,
    zip: Uint8Array,
  ): Promise<Result<FunctionRecord, PackageRefused | { readonly kind: 'function-exists' }>> {
    return this.#inTurn(key, async () => {
      if (this.get(key) !== undefined) return failed({ kind: 'function-exists' });
      const staged = await this.#preparation.stage(zip, settings);
      if (!staged.ok) return staged;
      const { unpackedBytes } = staged.value;
      const record = await this.#kept.with({ bytes: zip, unpackedBytes }, async (kept) => {
        const first = this.#firstRecord(key, settings, kept);
        await this.#records.put(first);
        return first;
      });
      this.#tellListeners((listener) => listener.created?.(record));
      this.#preparation.begin(record, staged.value);
      return ok(record);
    });
  }

  get(key: FunctionKey): FunctionRecord | undefined {
    return this.#records.get(key);
  }

  resolve(target: FunctionTarget): FunctionRecord | undefined {
    const { qualifier = LATEST } = target;
    const version = this.#records.get(target, qualifier);
    if (version !== undefined) return version;
    const alias = this.#belongings.aliases.get(target, qualifier)?.settings;
    if (alias === undefined) return undefined;
    const { additional } = alias;
    const other = additional !== undefined && this.#options.random.fraction() < additional.weight;
    return this.#records.get(target, other ? additional.version : alias.version);
  }

  list(account: string, region: string): readonly FunctionRecord[] {
    return this.#records
      .all()
      .filter(({ key, version }) => version === LATEST && key.account === account && key.region === region)
      .toSorted((one, other) => (one.key.name < other.key.name ? -1 : 1));
  }

  async changeCode(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
    architecture?: FunctionSettings['architecture'],
  ): Promise<Result<FunctionRecord, NoSuchFunction | PackageRefused | RevisionMismatch>> {
    return this.#inTurn(key, async () => {
      const before = this.#changeable(key, revisionId);
      if (!before.ok) return before;
      const settings = { ...before.value.settings, ...(architecture && { architecture }) };
      const staged = await this.#preparation.stage(zip, settings);
      if (!staged.ok) return staged;
      const { unpackedBytes } = staged.value;
      const now = await this.#kept.with({ bytes: zip, unpackedBytes }, (kept) =>
        this.#change(before.value, { settings, package: kept, state: { kind: 'pending' } }),
      );
      this.#preparation.begin(now, staged.value);
      await this.#kept.forget(keptHashes(before.value));
      return ok(now);
    });
  }

  async tryCode(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, ChangeFailure | PackageRefused>> {
    const before = this.#changeable(key, revisionId);
    if (!before.ok) return before;
    const staged = await this.#preparation.stage(zip, before.value.settings);
    if (!staged.ok) return staged;
    await this.#options.code.discard(staged.value);
    const { unpackedBytes } = staged.value;
    const code = { sha256: hash('sha256', zip), sizeBytes: zip.length, unpackedBytes };
    return ok({ ...before.value, package: code });
  }

  async changeSettings(
    key: FunctionKey,
    change: Partial<FunctionSettings>,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, ChangeFailure | PackageRefused>> {
    return this.#inTurn(key, async () => {
      const before = this.#changeable(key, revisionId);
      if (!before.ok) return before;
      const settings = { ...before.value.settings, ...change };
      const tooLarge = tooLargeTogether(settings, before.value.package.unpackedBytes ?? 0);
      if (tooLarge !== undefined) return failed(tooLarge);
      const otherRuntime = settings.runtime !== before.value.settings.runtime;
      const state: FunctionState = otherRuntime ? { kind: 'pending' } : before.value.state;
      const now = await this.#change(before.value, { settings, state });
      if (otherRuntime) this.#preparation.begin(now);
      await this.#kept.forget(keptHashes(before.value));
      return ok(now);
    });
  }

  /** The revision stays: environments that run are as good as before. */
  async reserve(
    key: FunctionKey,
    concurrency: number | undefined,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#rule(key, ({ reservedConcurrency: _, ...rest }) =>
      concurrency === undefined ? rest : { ...rest, reservedConcurrency: concurrency },
    );
  }

  async tag(
    key: FunctionKey,
    tags: Readonly<Record<string, string>>,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#rule(key, (before) => ({ ...before, settings: { ...before.settings, tags } }));
  }

  async setCodeSigning(
    key: FunctionKey,
    codeSigningArn: string | undefined,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#rule(key, ({ settings: { codeSigningArn: _, ...rest }, ...before }) => ({
      ...before,
      settings: codeSigningArn === undefined ? rest : { ...rest, codeSigningArn },
    }));
  }

  async allowLoops(key: FunctionKey, isAllowed: boolean): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#rule(key, ({ allowsLoops: _, ...rest }) =>
      isAllowed ? { ...rest, allowsLoops: true } : rest,
    );
  }

  /** A change of what holds around the function, which leaves its revision as it is. */
  #rule(
    key: FunctionKey,
    change: (before: FunctionRecord) => FunctionRecord,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#inTurn(key, async () => {
      const before = this.get(key);
      if (before === undefined) return failed({ kind: 'no-such-function', function: key });
      const now = change(before);
      await this.#records.put(now);
      this.#tellListeners((listener) => listener.changed?.(now, before));
      return ok(now);
    });
  }

  /** The function is gone with its own record; what belongs to it follows, also after a kill in between. */
  async delete(key: FunctionKey): Promise<Result<void, NoSuchFunction>> {
    return this.#inTurn(key, async () => {
      const record = this.get(key);
      if (record === undefined) return failed({ kind: 'no-such-function', function: key });
      const { aliases, ofQualifiers } = this.#belongings;
      await this.#records.remove(record);
      for (const named of [aliases, ...ofQualifiers])
        for (const value of named.of(key)) await named.remove(value);
      for (const version of this.#records.versionsOf(key)) await this.versions.remove(version);
      this.#tellListeners((listener) => listener.deleted?.(record));
      await this.#kept.forget(keptHashes(record));
      return ok(undefined);
    });
  }

  async code(record: FunctionRecord): Promise<Uint8Array> {
    return present(await this.#options.blobs.read(record.package.sha256), 'the code of a function');
  }

  listen(listener: FunctionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Versions of every function that are to stand ready. */
  provisioned(): readonly FunctionRecord[] {
    return this.#records.all().filter(({ provisioned }) => provisioned !== undefined);
  }

  /** All functions of every account and region, without their versions. */
  all(): readonly FunctionRecord[] {
    return this.#records.all().filter(({ version }) => version === LATEST);
  }

  /** Resolves when no package is being prepared. */
  async settled(): Promise<void> {
    await this.#preparation.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
  }

  #inTurn<Outcome>(key: FunctionKey, work: () => Promise<Outcome>): Promise<Outcome> {
    return this.#turns.take(functionKeyText(key), work);
  }

  #changeable(key: FunctionKey, revisionId?: string): Result<FunctionRecord, ChangeFailure> {
    const record = this.get(key);
    if (record === undefined) return failed({ kind: 'no-such-function', function: key });
    const isOther = revisionId !== undefined && revisionId !== record.revisionId;
    return isOther ? failed({ kind: 'revision-mismatch' }) : ok(record);
  }

  #firstRecord(
    key: FunctionKey,
    settings: FunctionSettings,
    kept: FunctionRecord['package'],
  ): FunctionRecord {
    const nowMs = this.#options.clock.nowMs();
    const revisionId = this.#options.random.uuid();
    const times = { createdAtMs: nowMs, modifiedAtMs: nowMs };
    return {
      key,
      settings,
      package: kept,
      version: LATEST,
      revisionId,
      ...times,
      state: { kind: 'pending' },
    };
  }

  async #change(before: FunctionRecord, change: Partial<FunctionRecord>): Promise<FunctionRecord> {
    const revisionId = this.#options.random.uuid();
    const now = { ...before, ...change, revisionId, modifiedAtMs: this.#options.clock.nowMs() };
    await this.#records.put(now);
    this.#tellListeners((listener) => listener.changed?.(now, before));
    return now;
  }

  #reconcile(): void {
    const records = this.#records.all();
    this.#preparation.inBackground('code folders', this.#kept.freeFolders());
    for (const record of records) this.#preparation.begin(record);
  }

  #tellListeners(call: (listener: FunctionListener) => void): void {
    for (const listener of this.#listeners) call(listener);
  }
}
