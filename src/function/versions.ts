import type { Result } from '../base/result.ts';
import type { FunctionKey, FunctionRecord, Provisioned } from './function.ts';
import type { NoSuchFunction, RevisionMismatch } from './functions.ts';

/** What a version is published with. */
export interface PublishRequest {
  /** Not given: the function's own. */
  readonly description?: string;
  /** Refuses when `$LATEST` runs other code; hex. */
  readonly sha256?: string;
  /** Refuses when `$LATEST` is of another revision. */
  readonly revisionId?: string;
}

/** `$LATEST` runs other code than was expected. */
export interface OtherCode {
  readonly kind: 'other-code';
  /** SHA-256 of its zip, hex. */
  readonly sha256: string;
}

/** The version is not there (any more). */
export interface NoSuchVersion {
  readonly kind: 'no-such-version';
  readonly function: FunctionKey;
  readonly version: string;
}

/** An alias points to the version. */
export interface VersionInUse {
  readonly kind: 'version-in-use';
  readonly alias: string;
}

/** Published versions: snapshots of `$LATEST` that never change. Every answer means synced to disk. */
export interface Versions {
  /** Answers the last version unchanged when nothing has changed since it was published. */
  publish(
    key: FunctionKey,
    request: PublishRequest,
  ): Promise<Result<FunctionRecord, NoSuchFunction | RevisionMismatch | OtherCode>>;
  /** Published versions, oldest first. */
  of(key: FunctionKey): readonly FunctionRecord[];
  /** Keeps so many environments of a version ready, or (undefined) does so no longer. */
  provision(
    key: FunctionKey,
    version: string,
    wanted: Provisioned | undefined,
  ): Promise<Result<FunctionRecord, NoSuchVersion>>;
  delete(key: FunctionKey, version: string): Promise<Result<void, NoSuchVersion | VersionInUse>>;
}
