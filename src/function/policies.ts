import type { Random } from '../base/random.ts';
import { functionKeyText, type FunctionKey } from './function.ts';
import type { NamedRecords } from './named-records.ts';
import type { Turns } from './turns.ts';

/** One statement of a policy, as its owner's answer shows it. */
export type PolicyStatement = { readonly Sid?: string } & Readonly<Record<string, unknown>>;

/** Who may invoke a function, or use a version of a layer. Kept for its owner, not enforced. */
export interface FunctionPolicy {
  /** The function; in a policy of a layer, the layer. */
  readonly function: FunctionKey;
  /** The version or alias, `$LATEST` where none was named; of a layer, the number of its version. */
  readonly name: string;
  /** In the order in which they were added; never empty. */
  readonly statements: readonly PolicyStatement[];
  /** UUID, new at each change. */
  readonly revisionId: string;
}

/** Policies of functions, or those of layers, as catalog records; the turns are those of what they belong to. Every answer means synced to disk. */
export class Policies {
  readonly #records: NamedRecords<FunctionPolicy>;
  readonly #turns: Turns;
  readonly #random: Random;

  constructor(records: NamedRecords<FunctionPolicy>, turns: Turns, random: Random) {
    this.#records = records;
    this.#turns = turns;
    this.#random = random;
  }

  get(key: FunctionKey, name: string): FunctionPolicy | undefined {
    return this.#records.get(key, name);
  }

  /** With what it belongs to; nothing happens when there is none. */
  remove(key: FunctionKey, name: string): Promise<void> {
    return this.#turns.take(functionKeyText(key), () => this.#records.removeNamed(key, name));
  }

  /**
   * Replaces the statements by what `change` makes of those that are there; with none left the policy is gone. What `change` throws
   * is thrown, and nothing is changed. Answers what holds from now on.
   */
  change(
    key: FunctionKey,
    name: string,
    change: (before: FunctionPolicy | undefined) => readonly PolicyStatement[],
  ): Promise<FunctionPolicy | undefined> {
    return this.#turns.take(functionKeyText(key), async () => {
      const before = this.get(key, name);
      const statements = change(before);
      const now = { function: key, name, statements, revisionId: this.#random.uuid() };
      if (statements.length > 0) await this.#records.put(now);
      else if (before !== undefined) await this.#records.remove(before);
      return this.get(key, name);
    });
  }
}
