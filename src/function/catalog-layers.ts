import type { Clock } from '../base/clock.ts';
import { present } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { ok, type Result } from '../base/result.ts';
import type { BlobStore } from '../store/blob.ts';
import type { Catalog } from '../store/catalog.ts';
import type { CodeFolders } from './code-folders.ts';
import type { PackageRefused } from './functions.ts';
import type { KeptCode } from './kept-code.ts';
import { layerKeyText, type LayerKey, type LayerVersion } from './layer.ts';
import type { LayerFacts, Layers } from './layers.ts';
import { NamedRecords } from './named-records.ts';
import { Policies, type FunctionPolicy } from './policies.ts';
import { Turns } from './turns.ts';

/** The catalog's collections: versions that are there, who may use them, and the last number of each layer. */
const VERSIONS = 'layer-versions';
const POLICIES = 'layer-policies';
const NUMBERS = 'layer-numbers';

/** What {@link CatalogLayers} works with. */
export interface CatalogLayersOptions {
  readonly catalog: Catalog;
  readonly blobs: Pick<BlobStore, 'read'>;
  readonly code: Pick<CodeFolders, 'stage' | 'discard'>;
  readonly kept: KeptCode;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
}

/** Layers as catalog records and blobs, all records also in memory. Changes to one layer happen one by one. */
export class CatalogLayers implements Layers {
  readonly policies: Policies;
  readonly #options: CatalogLayersOptions;
  readonly #versions: Map<string, LayerVersion>;
  readonly #numbers: Map<string, number>;

  private constructor(
    options: CatalogLayersOptions,
    versions: Map<string, LayerVersion>,
    numbers: Map<string, number>,
    policies: NamedRecords<FunctionPolicy>,
  ) {
    this.#options = options;
    this.policies = new Policies(policies, new Turns(), options.random);
    this.#versions = versions;
    this.#numbers = numbers;
    options.kept.keepFor(() => [...this.#versions.values()].map(({ sha256 }) => sha256));
  }

  static async open(options: CatalogLayersOptions): Promise<CatalogLayers> {
    const { catalog } = options;
    const [versions, numbers, policies] = await Promise.all([
      catalog.list(VERSIONS),
      catalog.list(NUMBERS),
      NamedRecords.open<FunctionPolicy>(catalog, POLICIES),
    ]);
    const layers = new CatalogLayers(
      options,
      new Map(versions.map(({ name, value }) => [name, JSON.parse(value) as LayerVersion])),
      new Map(numbers.map(({ name, value }) => [name, Number(value)])),
      policies,
    );
    // A kill may have come between a version and its policy.
    for (const policy of policies.all())
      if (layers.get(policy.function, Number(policy.name)) === undefined) await policies.remove(policy);
    return layers;
  }

  async publish(
    key: LayerKey,
    facts: LayerFacts,
    bytes: Uint8Array,
  ): Promise<Result<LayerVersion, PackageRefused>> {
    const { code, kept, turns, clock } = this.#options;
    const staged = await code.stage(bytes);
    if (!staged.ok) return staged;
    // Functions find layers together: each combination is unpacked when the first of them starts.
    await code.discard(staged.value);
    const { unpackedBytes } = staged.value;
    return turns.take(`layer ${layerKeyText(key)}`, () =>
      kept.with({ bytes, unpackedBytes }, async ({ sha256, sizeBytes }) => {
        const version = await this.#nextNumber(key);
        const size = { sha256, sizeBytes, unpackedBytes };
        const layer = { key, version, ...size, ...facts, createdAtMs: clock.nowMs() };
        await this.#options.catalog.put(VERSIONS, {
          name: nameOf(key, version),
          value: JSON.stringify(layer),
        });
        this.#versions.set(nameOf(key, version), layer);
        return ok(layer);
      }),
    );
  }

  get(key: LayerKey, version: number): LayerVersion | undefined {
    return this.#versions.get(nameOf(key, version));
  }

  of(key: LayerKey): readonly LayerVersion[] {
    const text = layerKeyText(key);
    return [...this.#versions.values()]
      .filter((layer) => layerKeyText(layer.key) === text)
      .toSorted((one, other) => other.version - one.version);
  }

  list(account: string, region: string): readonly LayerVersion[] {
    const newest = new Map<string, LayerVersion>();
    for (const layer of this.#versions.values()) {
      const { key, version } = layer;
      if (key.account !== account || key.region !== region) continue;
      if (version > (newest.get(key.name)?.version ?? 0)) newest.set(key.name, layer);
    }
    return [...newest.values()].toSorted((one, other) => (one.key.name < other.key.name ? -1 : 1));
  }

  async delete(key: LayerKey, version: number): Promise<void> {
    const layer = this.get(key, version);
    if (layer === undefined) return;
    await this.#options.catalog.remove(VERSIONS, nameOf(key, version));
    this.#versions.delete(nameOf(key, version));
    await this.policies.remove(key, String(version));
    await this.#options.kept.forget([layer.sha256]);
  }

  async zip({ sha256 }: LayerVersion): Promise<Uint8Array> {
    return present(await this.#options.blobs.read(sha256), 'the zip of a layer');
  }

  /** Durable before it is used: a number that a deleted version had is never given again. */
  async #nextNumber(key: LayerKey): Promise<number> {
    const name = layerKeyText(key);
    const number = (this.#numbers.get(name) ?? 0) + 1;
    await this.#options.catalog.put(NUMBERS, { name, value: String(number) });
    this.#numbers.set(name, number);
    return number;
  }
}

function nameOf(key: LayerKey, version: number): string {
  return `${layerKeyText(key)}:${version}`;
}
