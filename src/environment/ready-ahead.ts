import type { FunctionRecord } from '../function/function.ts';
import type { Environment } from './environment.ts';
import type { EnvironmentGroup } from './group.ts';
import type { EnvironmentGroups } from './groups.ts';
import type { Room } from './room.ts';
import { missingWarm } from './warm-policy.ts';

/** How much of the memory what is provisioned may use: the rest is left to everybody else. */
const PROVISIONED_SHARE = 0.75;

/** What {@link ReadyAhead} works with. */
export interface ReadyAheadParts {
  readonly groups: EnvironmentGroups;
  readonly room: Room;
  readonly nowMs: () => number;
  /** How much of the memory may be used before nothing more is kept warm; 0: nothing is. */
  readonly warmShare: number;
  /** Memory that programs started ahead use. */
  readonly otherBytes: () => number | undefined;
}

/** How far a version is with what is to stand ready. */
export interface Standing {
  /** Those that stand ready. */
  readonly started: number;
  /** Why there are no more, if that is not a matter of time. */
  readonly failure?: 'not-started' | 'no-memory';
}

/**
 * Which environments are started although nobody waits for one: those that are provisioned, and those that keep a
 * function warm, when ones that were lately in use have ended or belong to an older revision.
 */
export class ReadyAhead {
  readonly #parts: ReadyAheadParts;
  /** Few, while every invocation asks. */
  readonly #provisioned = new Set<EnvironmentGroup>();
  /** Those that may have fewer environments than keep them warm. */
  readonly #cooled = new Set<EnvironmentGroup>();

  constructor(parts: ReadyAheadParts) {
    this.#parts = parts;
  }

  /** Keeps as many environments of a version ready as its record says. */
  provision(record: FunctionRecord): void {
    const count = record.state.kind === 'active' ? (record.provisioned?.count ?? 0) : 0;
    const known = this.#parts.groups.find(record);
    if (count === 0 && known === undefined) return;
    const group = this.#parts.groups.of(record);
    group.provisionedCount = count;
    if (count > 0) this.#provisioned.add(group);
    else this.#provisioned.delete(group);
    group.failedInRow = 0;
    group.uselessInRow = 0;
  }

  /** How many environments of a version stand ready, and why no more do. */
  standing(record: FunctionRecord): Standing {
    const group = this.#parts.groups.find(record);
    if (group === undefined) return { started: 0 };
    const started = group.provisioned.size;
    if (!group.mayStartAhead || group.failedInRow > 0) return { started, failure: 'not-started' };
    return group.lacksMemory ? { started, failure: 'no-memory' } : { started };
  }

  /** Environments of this group have ended, or are those of its predecessor: some may be missing. */
  cooled(group: EnvironmentGroup): void {
    if (this.#parts.warmShare > 0) this.#cooled.add(group);
  }

  /** A newer revision takes over, or none. */
  retire(group: EnvironmentGroup, successor: EnvironmentGroup | undefined): void {
    this.#provisioned.delete(group);
    this.#cooled.delete(group);
    if (successor === undefined || successor === group) return;
    successor.peaks = group.peaks;
    this.cooled(successor);
  }

  /** Whether an environment whose idle time is over stays. */
  keeps(environment: Environment): boolean {
    for (const group of this.#provisioned) if (group.all.has(environment)) return group.keeps(environment);
    return false;
  }

  /** The group for which the next one is to be started now; `makeRoom` says whether there is memory. */
  next(makeRoom: (group: EnvironmentGroup) => boolean): EnvironmentGroup | undefined {
    return this.#nextProvisioned(makeRoom) ?? this.#nextWarm();
  }

  #nextProvisioned(makeRoom: (group: EnvironmentGroup) => boolean): EnvironmentGroup | undefined {
    for (const group of this.#provisioned) {
      group.lacksMemory = false;
      if (!group.lacksProvisioned || !group.mayStartAhead) continue;
      group.lacksMemory = !this.#mayProvisionMore();
      if (!group.lacksMemory) return makeRoom(group) ? group : undefined;
    }
    return undefined;
  }

  #mayProvisionMore(): boolean {
    const running = [...this.#provisioned].flatMap((group) => [...group.provisioned]);
    const startingCount = [...this.#provisioned].reduce((sum, { starts }) => sum + starts.size, 0);
    return this.#parts.room.hasRoomFor({ running, startingCount }, PROVISIONED_SHARE);
  }

  #nextWarm(): EnvironmentGroup | undefined {
    for (const group of this.#cooled) {
      // Code that is being prepared is asked for again when it is ready.
      const isReady = group.mayStartAhead && group.record.state.kind === 'active';
      const isThere = this.#parts.groups.find(group.record) === group && !group.isRetired;
      if (isReady && isThere && this.#missing(group) > 0) return group;
      // Asked again when another one has ended.
      this.#cooled.delete(group);
    }
    return undefined;
  }

  #missing(group: EnvironmentGroup): number {
    const { groups, room, otherBytes, nowMs, warmShare } = this.#parts;
    const wanted = group.peaks.wanted(nowMs());
    if (wanted <= group.count) return 0;
    const { usedBytes, eachBytes, limitBytes } = room.look(groups.occupied(otherBytes()));
    const budgetBytes = warmShare * limitBytes;
    return missingWarm({ wanted, there: group.count, usedBytes, eachBytes, budgetBytes });
  }
}
