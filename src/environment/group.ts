import type { FunctionRecord } from '../function/function.ts';
import type { EnvironmentLog } from './environment-log.ts';
import type { Environment } from './environment.ts';
import type { StartFailure } from './outcomes.ts';

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

/** The environments of one revision of a function, and who waits for one. */
export class EnvironmentGroup {
  readonly record: FunctionRecord;
  /** Free ones, the most recently used last. */
  readonly idle: Environment[] = [];
  readonly all = new Set<Environment>();
  readonly waiting = new Set<Waiter>();
  /** How many environments stand ready whether or not they are used. */
  provisionedCount = 0;
  /** Starts that failed since the last that did not. */
  failedInRow = 0;
  /** Starts on their way, in any stage. */
  startingCount = 0;
  /** A newer revision, or none, has taken its place: nothing is kept when its work is done. */
  isRetired = false;

  constructor(record: FunctionRecord) {
    this.record = record;
  }

  /** True when fewer environments are there or on their way than are to stand ready. */
  get lacksProvisioned(): boolean {
    return !this.isRetired && this.all.size + this.startingCount < this.provisionedCount;
  }

  /** True when more invocations wait than starts are on their way. */
  get needsStart(): boolean {
    return this.waiting.size > this.startingCount;
  }

  get isEmpty(): boolean {
    return this.#isUnused && (this.isRetired || this.provisionedCount === 0);
  }

  get #isUnused(): boolean {
    return this.all.size === 0 && this.waiting.size === 0 && this.startingCount === 0;
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
