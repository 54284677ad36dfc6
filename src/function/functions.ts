import type { Result } from '../base/result.ts';
import type { FunctionKey, FunctionRecord, FunctionSettings, FunctionTarget } from './function.ts';

/** The function named is not there (any more). */
export interface NoSuchFunction {
  readonly kind: 'no-such-function';
  readonly function: FunctionKey;
}

/** Why a package was refused. `reason` is a sentence for the person who uploaded it. */
export interface PackageRefused {
  readonly kind: 'package-refused' | 'package-too-large';
  readonly reason: string;
}

/** A change asked for an older revision than the latest. */
export interface RevisionMismatch {
  readonly kind: 'revision-mismatch';
}

/** Told after a change is durable. */
export interface FunctionListener {
  created?(created: FunctionRecord): void;
  changed?(now: FunctionRecord, before: FunctionRecord): void;
  /** The whole function is gone; its versions were told of one by one before. */
  deleted?(deleted: FunctionRecord): void;
  /** One published version is gone. */
  versionDeleted?(deleted: FunctionRecord): void;
}

/** All functions of the platform. Every answer means synced to disk. */
export interface Functions {
  create(
    key: FunctionKey,
    settings: FunctionSettings,
    zip: Uint8Array,
  ): Promise<Result<FunctionRecord, PackageRefused | { readonly kind: 'function-exists' }>>;
  /** `$LATEST` of a function. */
  get(key: FunctionKey): FunctionRecord | undefined;
  /** What a qualifier names: `$LATEST`, a version, or an alias, which answers one of its two versions by their weights. */
  resolve(target: FunctionTarget): FunctionRecord | undefined;
  /** Functions of an account in a region, sorted by name. */
  list(account: string, region: string): readonly FunctionRecord[];
  /** `architecture`: what the new code is for, when that changes with it. */
  changeCode(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
    architecture?: FunctionSettings['architecture'],
  ): Promise<Result<FunctionRecord, NoSuchFunction | PackageRefused | RevisionMismatch>>;
  /** What {@link changeCode} would make of the function; nothing changes. */
  tryCode(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, NoSuchFunction | PackageRefused | RevisionMismatch>>;
  changeSettings(
    key: FunctionKey,
    change: Partial<FunctionSettings>,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, NoSuchFunction | PackageRefused | RevisionMismatch>>;
  /** Keeps concurrency free for a function, or (undefined) does so no longer. */
  reserve(key: FunctionKey, concurrency: number | undefined): Promise<Result<FunctionRecord, NoSuchFunction>>;
  /** Names the code signing configuration of a function, or (undefined) none; it is no part of its revision. */
  setCodeSigning(
    key: FunctionKey,
    codeSigningArn: string | undefined,
  ): Promise<Result<FunctionRecord, NoSuchFunction>>;
  /** Replaces the tags of a function, which are no part of its revision. */
  tag(
    key: FunctionKey,
    tags: Readonly<Record<string, string>>,
  ): Promise<Result<FunctionRecord, NoSuchFunction>>;
  /** Lets a function run again and again for what it has set off itself, or stops it in time, as at first. */
  allowLoops(key: FunctionKey, isAllowed: boolean): Promise<Result<FunctionRecord, NoSuchFunction>>;
  /** Deletes the function with its versions and aliases. */
  delete(key: FunctionKey): Promise<Result<void, NoSuchFunction>>;
  /** The zip of a function's code. */
  code(record: FunctionRecord): Promise<Uint8Array>;
  /** Tells `listener` from now on; the answer ends it. */
  listen(listener: FunctionListener): () => void;
}
