import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Catalog } from '../store/catalog.ts';
import type { Turns } from './turns.ts';

/** The catalog's collection. */
const CONFIGS = 'code-signing-configs';

/** All that changes a configuration, or who names one, takes this turn. */
const TURN = 'code signing';

/** Who is to have signed code. Kept for its owner: no signature is looked at, and none refuses code. */
export interface CodeSigningConfig {
  readonly account: string;
  readonly region: string;
  /** `csc-` and 17 digits and small letters. */
  readonly id: string;
  readonly settings: CodeSigningSettings;
  readonly tags: Readonly<Record<string, string>>;
  readonly modifiedAtMs: number;
}

/** What its owner may choose. */
export interface CodeSigningSettings {
  readonly description: string;
  /** ARNs of versions of signing profiles. */
  readonly publishers: readonly string[];
}

/** The configuration's ARN. */
export function codeSigningArn({
  region,
  account,
  id,
}: Pick<CodeSigningConfig, 'region' | 'account' | 'id'>): string {
  return `arn:aws:lambda:${region}:${account}:code-signing-config:${id}`;
}

/** Code signing configurations, as catalog records, all of them also in memory. Every answer means synced to disk. */
export class CodeSigningConfigs {
  readonly #parts: CodeSigningParts;
  /** By ARN. */
  readonly #records: Map<string, CodeSigningConfig>;

  private constructor(parts: CodeSigningParts, records: Map<string, CodeSigningConfig>) {
    this.#parts = parts;
    this.#records = records;
  }

  static async open(parts: CodeSigningParts): Promise<CodeSigningConfigs> {
    const stored = await parts.catalog.list(CONFIGS);
    const records = stored.map(({ name, value }) => [name, JSON.parse(value) as CodeSigningConfig] as const);
    return new CodeSigningConfigs(parts, new Map(records));
  }

  get(arn: string): CodeSigningConfig | undefined {
    return this.#records.get(arn);
  }

  /** Those of an account in a region, by id. */
  list(account: string, region: string): readonly CodeSigningConfig[] {
    return [...this.#records.values()]
      .filter((config) => config.account === account && config.region === region)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  create(
    owner: Pick<CodeSigningConfig, 'account' | 'region'>,
    settings: CodeSigningSettings,
    tags: CodeSigningConfig['tags'],
  ): Promise<CodeSigningConfig> {
    const id = `csc-${this.#parts.random.uuid().replaceAll('-', '').slice(0, 17)}`;
    const { account, region } = owner;
    return this.#put({ account, region, id, settings, tags, modifiedAtMs: this.#parts.clock.nowMs() });
  }

  /** Undefined when it is not there. */
  change(arn: string, change: Partial<CodeSigningSettings>): Promise<CodeSigningConfig | undefined> {
    return this.whileThere(arn, (before) =>
      this.#put({
        ...before,
        settings: { ...before.settings, ...change },
        modifiedAtMs: this.#parts.clock.nowMs(),
      }),
    );
  }

  /** Replaces the tags. Undefined when it is not there. */
  tag(arn: string, tags: CodeSigningConfig['tags']): Promise<CodeSigningConfig | undefined> {
    return this.whileThere(arn, (before) => this.#put({ ...before, tags }));
  }

  /** Does `work`, which may make somebody name the configuration, while it cannot be deleted. Undefined when it is not there. */
  whileThere<Outcome>(
    arn: string,
    work: (config: CodeSigningConfig) => Promise<Outcome>,
  ): Promise<Outcome | undefined> {
    return this.#parts.turns.take(TURN, async () => {
      const config = this.get(arn);
      return config === undefined ? undefined : work(config);
    });
  }

  /** False, and nothing is deleted, when `isUsed` says that a function names it. It must be there. */
  async delete(arn: string, isUsed: () => boolean): Promise<boolean> {
    const deleted = await this.whileThere(arn, async () => {
      if (isUsed()) return false;
      await this.#parts.catalog.remove(CONFIGS, arn);
      this.#records.delete(arn);
      return true;
    });
    return deleted ?? true;
  }

  /** Durable first, then seen by everyone. */
  async #put(config: CodeSigningConfig): Promise<CodeSigningConfig> {
    const name = codeSigningArn(config);
    await this.#parts.catalog.put(CONFIGS, { name, value: JSON.stringify(config) });
    this.#records.set(name, config);
    return config;
  }
}

/** What {@link CodeSigningConfigs} works with. */
export interface CodeSigningParts {
  readonly catalog: Catalog;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
}
