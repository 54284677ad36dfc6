import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { AliasProvisions } from './alias-provisions.ts';
import type { Alias, AliasChange, Aliases, AliasSettings, NoSuchAlias } from './aliases.ts';
import type { FunctionRecords } from './function-records.ts';
import { functionKeyText, type FunctionKey } from './function.ts';
import type { NoSuchFunction, RevisionMismatch } from './functions.ts';
import type { Named, NamedRecords } from './named-records.ts';
import type { Turns } from './turns.ts';
import type { NoSuchVersion } from './versions.ts';

/** What {@link CatalogAliases} works with; the turns are those of the functions. */
export interface CatalogAliasesParts {
  readonly aliases: NamedRecords<Alias>;
  /** What belongs to a version or alias of a function and goes with it. */
  readonly ofQualifiers: readonly NamedRecords<Named>[];
  readonly functions: FunctionRecords;
  readonly provisions: AliasProvisions;
  readonly turns: Turns;
  readonly random: Random;
}

/** Aliases as catalog records. */
export class CatalogAliases implements Aliases {
  readonly #parts: CatalogAliasesParts;

  constructor(parts: CatalogAliasesParts) {
    this.#parts = parts;
  }

  create(
    key: FunctionKey,
    name: string,
    settings: AliasSettings,
  ): Promise<Result<Alias, NoSuchFunction | NoSuchVersion | { readonly kind: 'alias-exists' }>> {
    return this.#inTurn(key, async () => {
      if (this.#parts.functions.get(key) === undefined)
        return failed({ kind: 'no-such-function', function: key });
      if (this.get(key, name) !== undefined) return failed({ kind: 'alias-exists' });
      const missing = this.#missingVersion(key, settings);
      return missing === undefined ? ok(await this.#put(key, name, settings)) : failed(missing);
    });
  }

  get(key: FunctionKey, name: string): Alias | undefined {
    return this.#parts.aliases.get(key, name);
  }

  of(key: FunctionKey): readonly Alias[] {
    return this.#parts.aliases.of(key);
  }

  change(
    key: FunctionKey,
    name: string,
    change: AliasChange,
    revisionId?: string,
  ): Promise<Result<Alias, NoSuchAlias | NoSuchVersion | RevisionMismatch>> {
    return this.#inTurn(key, async () => {
      const before = this.get(key, name);
      if (before === undefined) return failed({ kind: 'no-such-alias' });
      if (revisionId !== undefined && revisionId !== before.revisionId)
        return failed({ kind: 'revision-mismatch' });
      const settings = changed(before.settings, change);
      const missing = this.#missingVersion(key, settings);
      return missing === undefined ? ok(await this.#put(key, name, settings)) : failed(missing);
    });
  }

  delete(key: FunctionKey, name: string): Promise<void> {
    return this.#inTurn(key, async () => {
      const alias = this.get(key, name);
      if (alias === undefined) return;
      await this.#parts.aliases.remove(alias);
      for (const records of this.#parts.ofQualifiers) await records.removeNamed(key, name);
      await this.#parts.provisions.follow(key, name);
    });
  }

  #inTurn<Outcome>(key: FunctionKey, work: () => Promise<Outcome>): Promise<Outcome> {
    return this.#parts.turns.take(functionKeyText(key), work);
  }

  async #put(key: FunctionKey, name: string, settings: AliasSettings): Promise<Alias> {
    const { account, region, name: functionName } = key;
    const alias = {
      ...{ function: { account, region, name: functionName }, name, settings },
      revisionId: this.#parts.random.uuid(),
    };
    await this.#parts.aliases.put(alias);
    await this.#parts.provisions.follow(key, name);
    return alias;
  }

  #missingVersion(key: FunctionKey, { version, additional }: AliasSettings): NoSuchVersion | undefined {
    const wanted = additional === undefined ? [version] : [version, additional.version];
    const missing = wanted.find((each) => this.#parts.functions.get(key, each) === undefined);
    return missing === undefined ? undefined : { kind: 'no-such-version', function: key, version: missing };
  }
}

function changed(before: AliasSettings, change: AliasChange): AliasSettings {
  const { additional, ...others } = change;
  const { additional: kept, ...base } = { ...before, ...others };
  const chosen = additional === undefined ? kept : additional;
  return chosen === null || chosen === undefined ? base : { ...base, additional: chosen };
}
