import type { Alias } from './aliases.ts';
import type { FunctionRecords } from './function-records.ts';
import type { FunctionKey, FunctionRecord } from './function.ts';
import type { FunctionListener } from './functions.ts';
import type { NamedRecords } from './named-records.ts';

/** What {@link AliasProvisions} works with. */
export interface AliasProvisionsParts {
  readonly functions: FunctionRecords;
  readonly aliases: NamedRecords<Alias>;
  readonly told: (call: (listener: FunctionListener) => void) => void;
}

/**
 * What aliases have provisioned. It stands at the version that the alias leads to, moves when the alias does, and ends
 * with it (AWS).
 */
export class AliasProvisions {
  readonly #parts: AliasProvisionsParts;

  constructor(parts: AliasProvisionsParts) {
    this.#parts = parts;
  }

  /** In a turn of the function: what the alias has provisioned comes to where it leads now. */
  async follow(key: FunctionKey, alias: string): Promise<void> {
    const { functions, aliases } = this.#parts;
    const target = aliases.get(key, alias)?.settings.version;
    const left = functions
      .versionsOf(key)
      .filter(({ provisioned, version }) => provisioned?.alias === alias && version !== target);
    for (const version of left) {
      // There first: a kill in between leaves it at both, and the next start takes it from the one left behind.
      const now = target === undefined ? undefined : functions.get(key, target);
      if (now !== undefined && now.provisioned === undefined) {
        await this.#change(now, { ...now, ...(version.provisioned && { provisioned: version.provisioned }) });
      }
      const { provisioned: _, ...rest } = version;
      await this.#change(version, rest);
    }
  }

  /** The same for all aliases: a kill may have come between two steps. */
  async followAll(): Promise<void> {
    for (const { key, provisioned } of this.#parts.functions.all()) {
      if (provisioned?.alias !== undefined) await this.follow(key, provisioned.alias);
    }
  }

  async #change(before: FunctionRecord, now: FunctionRecord): Promise<void> {
    await this.#parts.functions.put(now);
    this.#parts.told((listener) => listener.changed?.(now, before));
  }
}
