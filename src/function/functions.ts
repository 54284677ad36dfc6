import type { Result } from '../base/result.ts';
import type { FunctionKey, FunctionRecord, FunctionSettings } from './function.ts';

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
  deleted?(deleted: FunctionRecord): void;
}

/** All functions of the platform. Every answer means synced to disk. */
export interface Functions {
  create(
    key: FunctionKey,
    settings: FunctionSettings,
    zip: Uint8Array,
  ): Promise<Result<FunctionRecord, PackageRefused | { readonly kind: 'function-exists' }>>;
  get(key: FunctionKey): FunctionRecord | undefined;
  /** Functions of an account in a region, sorted by name. */
  list(account: string, region: string): readonly FunctionRecord[];
  changeCode(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, NoSuchFunction | PackageRefused | RevisionMismatch>>;
  changeSettings(
    key: FunctionKey,
    change: Partial<FunctionSettings>,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, NoSuchFunction | RevisionMismatch>>;
  delete(key: FunctionKey): Promise<Result<void, NoSuchFunction>>;
  /** The zip of a function's code. */
  code(record: FunctionRecord): Promise<Uint8Array>;
  /** Tells `listener` from now on; the answer ends it. */
  listen(listener: FunctionListener): () => void;
}
