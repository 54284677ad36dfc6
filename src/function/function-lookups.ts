import type { Random } from '../base/random.ts';
import type { Alias } from './aliases.ts';
import type { FunctionRecords } from './function-records.ts';
import { LATEST, type FunctionRecord, type FunctionTarget } from './function.ts';
import type { NamedRecords } from './named-records.ts';

/** What {@link FunctionLookups} works with. */
export interface FunctionLookupsParts {
  readonly records: FunctionRecords;
  readonly aliases: NamedRecords<Alias>;
  /** Chooses between the two versions of an alias. */
  readonly random: Random;
}

/** Finding functions among the records. */
export class FunctionLookups {
  readonly #parts: FunctionLookupsParts;

  constructor(parts: FunctionLookupsParts) {
    this.#parts = parts;
  }

  /** What a qualifier names: `$LATEST`, a version, or an alias, which answers one of its two versions by their weights. */
  resolve(target: FunctionTarget): FunctionRecord | undefined {
    const { records, aliases, random } = this.#parts;
    const { qualifier = LATEST } = target;
    const version = records.get(target, qualifier);
    if (version !== undefined) return version;
    const alias = aliases.get(target, qualifier)?.settings;
    if (alias === undefined) return undefined;
    const { additional } = alias;
    const isOther = additional !== undefined && random.fraction() < additional.weight;
    return records.get(target, isOther ? additional.version : alias.version);
  }

  /** Functions of an account in a region, sorted by name. */
  list(account: string, region: string): readonly FunctionRecord[] {
    return this.latest()
      .filter(({ key }) => key.account === account && key.region === region)
      .toSorted((one, other) => (one.key.name < other.key.name ? -1 : 1));
  }

  /** All functions of every account and region, without their versions. */
  latest(): readonly FunctionRecord[] {
    return this.#parts.records.all().filter(({ version }) => version === LATEST);
  }

  /** Versions of every function that are to stand ready. */
  provisioned(): readonly FunctionRecord[] {
    return this.#parts.records.all().filter(({ provisioned }) => provisioned !== undefined);
  }
}
