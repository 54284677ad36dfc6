import { functionKeyText, type FunctionRecord } from '../function/function.ts';
import type { Environment } from './environment.ts';
import { EnvironmentGroup } from './group.ts';
import type { Occupied } from './room.ts';
import { RecentPeaks } from './warm-policy.ts';

/** A group for each revision of each function that has environments or is to have some. */
export class EnvironmentGroups {
  readonly #keepMs: number;
  readonly #groups = new Map<string, EnvironmentGroup>();

  /** `keepMs`: how long a peak of use counts. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** The group of a revision, made when there is none. */
  of(record: FunctionRecord): EnvironmentGroup {
    const known = this.find(record);
    if (known !== undefined) return known;
    const group = new EnvironmentGroup(record, new RecentPeaks(this.#keepMs));
    this.#groups.set(nameOf(record), group);
    return group;
  }

  find(record: FunctionRecord): EnvironmentGroup | undefined {
    return this.#groups.get(nameOf(record));
  }

  dropIfEmpty(group: EnvironmentGroup): void {
    if (group.isEmpty) this.#groups.delete(nameOf(group.record));
  }

  /** Every environment, loaded or not. */
  get environments(): readonly Environment[] {
    return [...this.#groups.values()].flatMap((group) => [...group.all]);
  }

  /** How many of them there are. */
  get size(): number {
    let count = 0;
    for (const group of this.#groups.values()) count += group.all.size;
    return count;
  }

  /** What takes memory now. */
  occupied(otherBytes?: number): Occupied {
    const groups = [...this.#groups.values()];
    const startingCount = groups.reduce((sum, group) => sum + group.unbuiltCount, 0);
    return { running: this.environments, startingCount, ...(otherBytes !== undefined && { otherBytes }) };
  }

  /** Idle ones of all others that may go when `wanting` needs memory, the least recently used first. */
  evictableFor(wanting: EnvironmentGroup): readonly Environment[] {
    const others = [...this.#groups.values()].filter((group) => group !== wanting);
    const idle = others.flatMap((group) => group.evictable());
    return idle.toSorted((one, other) => one.lastUsedMs - other.lastUsedMs);
  }

  /** An environment that ends is handed out no more. */
  dropIdle(environment: Environment): void {
    for (const group of this.#groups.values()) group.dropIdle(environment);
  }
}

function nameOf({ key, revisionId }: FunctionRecord): string {
  return `${functionKeyText(key)}/${revisionId}`;
}
