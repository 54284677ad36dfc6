import { createHash } from 'node:crypto';

/** The full name of a layer. */
export interface LayerKey {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** One version of a layer: files that functions find at `/opt`. It never changes. */
export interface LayerVersion {
  readonly key: LayerKey;
  /** 1, 2, 3 …; no number is used twice. */
  readonly version: number;
  /** SHA-256 of the zip, hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly unpackedBytes: number;
  readonly description: string;
  readonly licence: string;
  /** For which runtimes and processors its publisher has made it: said, not enforced. */
  readonly runtimes: readonly string[];
  readonly architectures: readonly string[];
  readonly createdAtMs: number;
}

/** A layer version as a function uses it, also after the version has been deleted, as on AWS. */
export interface LayerUse {
  readonly arn: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly unpackedBytes: number;
}

/** `region/account/name`: one text per layer, for maps. */
export function layerKeyText({ region, account, name }: LayerKey): string {
  return `${region}/${account}/${name}`;
}

/** The layer's ARN, without a version. */
export function layerArn({ region, account, name }: LayerKey): string {
  return `arn:aws:lambda:${region}:${account}:layer:${name}`;
}

/** The ARN of one version. */
export function layerVersionArn({ key, version }: Pick<LayerVersion, 'key' | 'version'>): string {
  return `${layerArn(key)}:${version}`;
}

/** Reads the ARN of a layer version; undefined when the text is none. */
export function parseLayerVersionArn(arn: string): Pick<LayerVersion, 'key' | 'version'> | undefined {
  const match = /^arn:aws:lambda:([a-z0-9-]+):(\d{12}):layer:([A-Za-z0-9-_]{1,140}):(\d{1,9})$/.exec(arn);
  const [, region, account, name, version] = match ?? [];
  if (region === undefined || account === undefined || name === undefined) return undefined;
  return { key: { region, account, name }, version: Number(version) };
}

/** The name of what several layers are together, in their order: later ones cover earlier ones. Undefined for none. */
export function layersName(layers: readonly Pick<LayerUse, 'sha256'>[]): string | undefined {
  if (layers.length === 0) return undefined;
  const text = layers.map(({ sha256 }) => sha256).join('\n');
  return createHash('sha256').update(`layers\n${text}`).digest('hex');
}
