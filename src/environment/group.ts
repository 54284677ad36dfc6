import type { FunctionRecord } from '../function/function.ts';
import type { EnvironmentLog } from './environment-log.ts';
import type { Environment } from './environment.ts';
import type { StartFailure } from './outcomes.ts';
import type { RecentPeaks } from './warm-policy.ts';

/** What came of asking for an environment. `isCold`: nobody has used it before. */
export type Lease =
  | {
      readonly kind: 'environment';
      readonly environment: Environment;
      readonly isCold: boolean;
      /** When the invocation's time began, if that was before now: its code had to be loaded in it. */
      readonly beganMs?: number;
    }
  | {
      readonly kind: 'failed';
      readonly failure: StartFailure;
      readonly log?: EnvironmentLog;
      readonly initMs?: number;
    };

/** Somebody who waits for an environment of a function. */
export interface Waiter {
  group: EnvironmentGroup;
  readonly resolve: (lease: Lease) => void;
}

/** A start on its way, in any stage. */
export interface PlannedStart {
  /** Started to stand ready, whoever then gets it. */
  readonly isProvisioned: boolean;
  isBuilt: boolean;
}

/** Failed or useless starts, one after the other, after which nothing more is started unasked. */
const MOST_FAILED_IN_ROW = 3;

/** The environments of one revision of a function, and who waits for one. */
export class EnvironmentGroup {
  record: FunctionRecord;
  /** Free ones, the most recently used last. */
  readonly idle: Environment[] = [];
  /** Those that have been built, loaded or not. */
  readonly all = new Set<Environment>();
  readonly busy = new Set<Environment>();
  readonly waiting = new Set<Waiter>();
  readonly starts = new Set<PlannedStart>();
  /** Those that were started to stand ready, once they do. */
  readonly provisioned = new Set<Environment>();
  /** How many environments stand ready whether or not they are used. */
  provisionedCount = 0;
  /** There was no memory for all that are to stand ready. */
  lacksMemory = false;
  /** Starts that failed since the last that did not. */
  failedInRow = 0;
  /** Environments that ended by themselves before they were used, since the last that was. */
  uselessInRow = 0;
  /** How many were lately busy at once; goes on to the next revision. */
  peaks: RecentPeaks;
  /** A newer revision, or none, has taken its place: nothing is kept when its work is done. */
  isRetired = false;

  constructor(record: FunctionRecord, peaks: RecentPeaks) {
    this.record = record;
    this.peaks = peaks;
  }

  /** True when fewer environments are there or on their way than are to stand ready. */
  get lacksProvisioned(): boolean {
    const coming = [...this.starts].filter(({ isProvisioned }) => isProvisioned).length;
    return !this.isRetired && this.provisioned.size + coming < this.provisionedCount;
  }

  /** True while starts that nobody waits for may make sense. */
  get mayStartAhead(): boolean {
    return this.failedInRow < MOST_FAILED_IN_ROW && this.uselessInRow < MOST_FAILED_IN_ROW;
  }

  /** True when more invocations wait than starts are on their way. */
  get needsStart(): boolean {
    return this.waiting.size > this.starts.size;
  }

  /** Environments that there are or will be. */
  get count(): number {
    return this.all.size + this.unbuiltCount;
  }

  /** Starts of which nothing can be seen yet. */
  get unbuiltCount(): number {
    return [...this.starts].filter(({ isBuilt }) => !isBuilt).length;
  }

  get isEmpty(): boolean {
    return this.#isUnused && (this.isRetired || this.provisionedCount === 0);
  }

  get #isUnused(): boolean {
    return this.all.size === 0 && this.waiting.size === 0 && this.starts.size === 0;
  }

  /** Idle ones that may go when others need their memory: all but those that are to stand ready. */
  evictable(): readonly Environment[] {
    let surplus = this.provisioned.size - this.provisionedCount;
    return this.idle.filter((environment) => {
      if (!this.provisioned.has(environment)) return true;
      surplus -= 1;
      return surplus >= 0;
    });
  }

  /** Whether an environment that nobody has used for long stays nevertheless. */
  keeps(environment: Environment): boolean {
    return this.provisioned.has(environment) && this.provisioned.size <= this.provisionedCount;
  }

  /** An invocation has it from now on. */
  use(environment: Environment): void {
    this.busy.add(environment);
    this.uselessInRow = 0;
  }

  /** Its invocation is over. */
  unuse(environment: Environment, nowMs: number): void {
    if (!this.busy.has(environment)) return;
    this.peaks.note(this.busy.size, nowMs);
    this.busy.delete(environment);
  }

  /** Nothing of it is left. */
  forget(environment: Environment, nowMs: number): void {
    this.unuse(environment, nowMs);
    this.all.delete(environment);
    this.provisioned.delete(environment);
    this.dropIdle(environment);
  }

  /** It is not free any more. */
  dropIdle(environment: Environment): void {
    const at = this.idle.indexOf(environment);
    if (at >= 0) this.idle.splice(at, 1);
  }

  /** The most recently used free environment, taken out; those that are ending are passed over. */
  nextIdle(): Environment | undefined {
    for (;;) {
      const environment = this.idle.pop();
      if (environment === undefined || environment.isFree) return environment;
    }
  }

  /** Who has waited longest, taken out of the line. */
  nextWaiter(): Waiter | undefined {
    const [waiter] = this.waiting;
    if (waiter !== undefined) this.waiting.delete(waiter);
    return waiter;
  }
}
