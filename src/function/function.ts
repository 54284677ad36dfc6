import type { LayerUse } from './layer.ts';

/** The full name of a function. */
export interface FunctionKey {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** `region/account/name`: one text per function, for maps. */
export function functionKeyText(key: FunctionKey): string {
  return `${key.region}/${key.account}/${key.name}`;
}

/** A function, and which version or alias of it; none: `$LATEST`. */
export interface FunctionTarget extends FunctionKey {
  readonly qualifier?: string;
}

/** The version that every change makes anew. */
export const LATEST = '$LATEST';

/** Reads the ARN of a function, version or alias; undefined when the text is none. */
export function parseFunctionArn(arn: string): FunctionTarget | undefined {
  const match =
    /^arn:aws:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9-_]+)(?::([$A-Za-z0-9-_]+))?$/.exec(arn);
  const [, region, account, name, qualifier] = match ?? [];
  if (region === undefined || account === undefined || name === undefined) return undefined;
  return { account, region, name, ...(qualifier !== undefined && { qualifier }) };
}

/** The ARN of a function with the version or alias that was named with it. */
export function targetArn(target: FunctionTarget): string {
  return functionArn(target) + (target.qualifier === undefined ? '' : `:${target.qualifier}`);
}

/** The function's ARN, without a qualifier. */
export function functionArn(key: FunctionKey): string {
  return `arn:aws:lambda:${key.region}:${key.account}:function:${key.name}`;
}

/** Where the lines of a function's log are kept: functions of one name in two regions or accounts have two logs. */
export function functionLogKey(key: FunctionKey): string {
  return `${functionKeyText(key)}/log`;
}

export type ApplicationLogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
export type SystemLogLevel = 'DEBUG' | 'INFO' | 'WARN';

/** What a function's owner may choose. */
export interface FunctionSettings {
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  readonly timeoutMs: number;
  readonly memorySizeMb: number;
  readonly ephemeralStorageMb: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logFormat: 'Text' | 'JSON';
  /** What the function itself logs at least must have this level; JSON logs alone, `INFO` when not given. */
  readonly applicationLogLevel?: ApplicationLogLevel;
  /** The same for what the platform writes into the log. */
  readonly systemLogLevel?: SystemLogLevel;
  readonly tags: Readonly<Record<string, string>>;
  readonly architecture: 'x86_64' | 'arm64';
  /** ARN of the queue that gets the asynchronous events that were given up. */
  readonly deadLetterArn?: string;
  /** What it finds at `/opt`, later ones before earlier ones. */
  readonly layers?: readonly LayerUse[];
  /** Traces that begin with it say that they are to be recorded (AWS: `TracingConfig.Mode`). */
  readonly tracing?: 'Active' | 'PassThrough';
  /** Who is to have signed the code: said, not enforced. No part of the revision. */
  readonly codeSigningArn?: string;
}

/** The code of a function: a zip under its hash. */
export interface FunctionPackage {
  /** SHA-256 of the zip, hex: where the blob store keeps it. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Absent for packages of older data directories. */
  readonly unpackedBytes?: number;
}

/** One function as it stands; each change makes a new value with a new `revisionId`. */
export interface FunctionRecord {
  readonly key: FunctionKey;
  readonly settings: FunctionSettings;
  readonly package: FunctionPackage;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  /** Of a version that got a description of its own: that of `$LATEST` when it was published. */
  readonly publishedFrom?: string;
  /** Of `$LATEST`: the number of the version published last, whether or not it is still there. */
  readonly lastVersion?: number;
  /** Of `$LATEST`: how many invocations of all versions may run at once, kept free for them; 0 turns the function off. */
  readonly reservedConcurrency?: number;
  /** Of `$LATEST`: what the function sets off may invoke it without end. */
  readonly allowsLoops?: true;
  /** Of a published version: how many environments of it stand ready, used or not. */
  readonly provisioned?: Provisioned & { readonly modifiedAtMs: number };
  /** UUID, new at each change. */
  readonly revisionId: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly state: FunctionState;
}

/** Environments that are to stand ready. */
export interface Provisioned {
  readonly count: number;
  /** The alias that they were asked for by: they move with it. */
  readonly alias?: string;
}

/** `pending` while the package is being unpacked and primed; then `active`, or `failed` with the reason. */
export type FunctionState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'active' }
  | { readonly kind: 'failed'; readonly reason: string };
