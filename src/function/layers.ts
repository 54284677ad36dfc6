import type { Result } from '../base/result.ts';
import type { PackageRefused } from './functions.ts';
import type { Policies } from './policies.ts';
import type { LayerKey, LayerVersion } from './layer.ts';

/** What whoever publishes a layer version says of it. */
export type LayerFacts = Pick<LayerVersion, 'description' | 'licence' | 'runtimes' | 'architectures'>;

/** All layers of the platform. Every answer means synced to disk. */
export interface Layers {
  /** Who may use versions, by layer and number of the version; they go with their versions. */
  readonly policies: Pick<Policies, 'get' | 'change'>;
  /** Makes the next version of the layer, which comes with its first. */
  publish(key: LayerKey, facts: LayerFacts, zip: Uint8Array): Promise<Result<LayerVersion, PackageRefused>>;
  get(key: LayerKey, version: number): LayerVersion | undefined;
  /** Versions of one layer that are there, newest first. */
  of(key: LayerKey): readonly LayerVersion[];
  /** The newest version of each layer of an account in a region, by name. */
  list(account: string, region: string): readonly LayerVersion[];
  /** Nothing new can use it then; functions that do keep it. A version that is not there is as good as deleted. */
  delete(key: LayerKey, version: number): Promise<void>;
  /** The zip of a version. */
  zip(layer: LayerVersion): Promise<Uint8Array>;
}
