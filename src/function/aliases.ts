import type { Result } from '../base/result.ts';
import type { FunctionKey } from './function.ts';
import type { NoSuchFunction, RevisionMismatch } from './functions.ts';
import type { NoSuchVersion } from './versions.ts';

/** A name for a version of a function, or for two of them by weight. */
export interface Alias {
  readonly function: FunctionKey;
  readonly name: string;
  readonly settings: AliasSettings;
  /** UUID, new at each change. */
  readonly revisionId: string;
}

/** What an alias's owner may choose. */
export interface AliasSettings {
  readonly version: string;
  readonly description: string;
  /** A second version, and the share of invocations that it gets: 0 to 1. */
  readonly additional?: { readonly version: string; readonly weight: number };
}

/** A change of an alias: given members replace, `null` removes the second version. */
export type AliasChange = Partial<Omit<AliasSettings, 'additional'>> & {
  readonly additional?: AliasSettings['additional'] | null;
};

/** The alias is not there (any more). */
export interface NoSuchAlias {
  readonly kind: 'no-such-alias';
}

/** Aliases of functions. Every answer means synced to disk. */
export interface Aliases {
  create(
    key: FunctionKey,
    name: string,
    settings: AliasSettings,
  ): Promise<Result<Alias, NoSuchFunction | NoSuchVersion | { readonly kind: 'alias-exists' }>>;
  get(key: FunctionKey, name: string): Alias | undefined;
  /** All aliases of a function, by name. */
  of(key: FunctionKey): readonly Alias[];
  change(
    key: FunctionKey,
    name: string,
    change: AliasChange,
    revisionId?: string,
  ): Promise<Result<Alias, NoSuchAlias | NoSuchVersion | RevisionMismatch>>;
  /** Harmless when it is not there. */
  delete(key: FunctionKey, name: string): Promise<void>;
}
