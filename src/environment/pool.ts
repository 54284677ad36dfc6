import type { Clock } from '../base/clock.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { FunctionListener } from '../function/functions.ts';
import type { Tell } from '../watch/event.ts';
import type { Environment } from './environment.ts';
import { noRoom } from './failed-start.ts';
import type { EnvironmentGroup, Lease } from './group.ts';
import { EnvironmentGroups } from './groups.ts';
import { HandOver } from './hand-over.ts';
import { IdleCare } from './idle-care.ts';
import { ReadyAhead, type Standing } from './ready-ahead.ts';
import { Revisions } from './revisions.ts';
import { Room } from './room.ts';
import type { Spares } from './spares.ts';
import { StartPlanner } from './start-planner.ts';
import type { EnvironmentStarter } from './start.ts';
import { Starts } from './starts.ts';
import { WaitingLine } from './waiting-line.ts';

/** What {@link EnvironmentPool} works with. */
export interface EnvironmentPoolOptions {
  readonly starter: Pick<EnvironmentStarter, 'start'>;
  readonly clock: Clock;
  readonly tell: Tell;
  /** How many environments may be starting at a time: about two for each core. */
  readonly startsAtOnce: number;
  /** How many of those until the first of many who ask at once has its environment: one for every other core, for a start uses more than one. */
  readonly startsAtFirst: number;
  /** How long an unused environment is kept. */
  readonly idleMs: number;
  /** How much memory all environments may really use together. */
  readonly memoryBytes: number;
  /** How much of it may be used before no function is kept warm any more; none is when this is not given. */
  readonly warmShare?: number;
  /** Programs started ahead: told when nobody waits, and given up for environments that need their memory. */
  readonly spares?: Pick<Spares, 'fill' | 'giveUpOne' | 'usedMemoryBytes' | 'size' | 'hasFor'>;
}

/**
 * All execution environments. Who asks gets the most recently used idle one at once; otherwise a start is planned,
 * and whichever comes first, a start or an environment that has become free, serves who has waited longest.
 */
export class EnvironmentPool implements AsyncDisposable {
  /** What retires environments when functions change: hand it to `Functions.listen`. */
  readonly listener: FunctionListener;
  readonly #options: EnvironmentPoolOptions;
  readonly #groups: EnvironmentGroups;
  readonly #line = new WaitingLine();
  readonly #ahead: ReadyAhead;
  readonly #care: IdleCare;
  readonly #handOver: HandOver;
  readonly #starts: Starts;
  readonly #planner: StartPlanner;

  constructor(options: EnvironmentPoolOptions) {
    const { clock, idleMs, warmShare = 0, spares } = options;
    this.#options = options;
    this.#groups = new EnvironmentGroups(idleMs);
    const shared = {
      ...options,
      groups: this.#groups,
      line: this.#line,
      room: new Room(options.memoryBytes),
    };
    this.#ahead = new ReadyAhead({
      ...{ ...shared, warmShare },
      nowMs: () => clock.nowMs(),
      otherBytes: () => spares?.usedMemoryBytes,
    });
    this.#care = new IdleCare({ clock, idleMs, onExpired: (environment) => this.#expired(environment) });
    this.#handOver = new HandOver({ ...shared, care: this.#care });
    this.#starts = new Starts({
      ...shared,
      onArrived: (group, lease) => this.#arrived(group, lease),
      onGone: (group, environment, why) => this.#gone(group, environment, why),
    });
    this.#planner = new StartPlanner({
      ...{ ...shared, ahead: this.#ahead },
      start: (group, release) => this.#starts.begin(group, release),
    });
    const built = { ahead: this.#ahead, handOver: this.#handOver, planner: this.#planner };
    this.listener = new Revisions({ ...shared, ...built });
  }

  /** An environment for one invocation of this revision; {@link giveBack} follows when it can take the next one. */
  lease(record: FunctionRecord): Promise<Lease> {
    return new Promise((resolve) => {
      if (this.#line.isClosed) return resolve(noRoom('The platform is stopping.'));
      const group = this.#groups.of(record);
      const environment = this.#handOver.takeIdle(group);
      if (environment !== undefined) return resolve({ kind: 'environment', environment, isCold: false });
      this.#line.join(group, resolve);
      this.#planner.plan();
    });
  }

  /** The environment, idle again, serves whoever waits for it, or is kept for a while. */
  giveBack(record: FunctionRecord, environment: Environment): void {
    const group = this.#groups.of(record);
    group.unuse(environment, this.#options.clock.nowMs());
    this.#handOver.offer(group, { kind: 'environment', environment, isCold: false });
    this.#planner.plan();
  }

  /** Keeps as many environments of a version ready as its record says. */
  provision(record: FunctionRecord): void {
    this.#ahead.provision(record);
    this.#planner.plan();
    const group = this.#groups.find(record);
    if (group !== undefined) this.#groups.dropIfEmpty(group);
  }

  /** How many environments of a version stand ready, and why no more do. */
  standing(record: FunctionRecord): Standing {
    return this.#ahead.standing(record);
  }

  /** True while nobody waits for an environment and none is being started. */
  get isQuiet(): boolean {
    return this.#planner.isQuiet;
  }

  /** How many environments stand by without a function. */
  get spareCount(): number {
    return this.#options.spares?.size ?? 0;
  }

  /** How many environments there are now, starts of which nothing can be seen yet left out. */
  get size(): number {
    return this.#groups.size;
  }

  /** Ends every environment at once and resolves when nothing of them is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#line.close(noRoom('The platform is stopping.'));
    const { environments } = this.#groups;
    for (const environment of environments) environment.stop('the platform stops');
    await Promise.all(environments.map((environment) => environment.gone));
    await this.#starts.settled();
  }

  #arrived(group: EnvironmentGroup, lease: Lease): void {
    group.failedInRow = lease.kind === 'environment' ? 0 : group.failedInRow + 1;
    if (lease.kind === 'environment') this.#handOver.offer(group, lease);
    else this.#handOver.fail(group, lease);
    this.#groups.dropIfEmpty(group);
  }

  /** What stands ready stays, frozen; whether it still should is asked again after another idle time. */
  #expired(environment: Environment): void {
    if (this.#ahead.keeps(environment)) this.#care.goOn(environment);
    else environment.stop('idle');
  }

  #gone(group: EnvironmentGroup, environment: Environment, why: string): void {
    if (environment.endedUnused) group.uselessInRow += 1;
    group.forget(environment, this.#options.clock.nowMs());
    this.#care.end(environment);
    this.#ahead.cooled(group);
    const { id: environmentId } = environment;
    this.#options.tell({ kind: 'environment-ended', environmentId, function: group.record.key.name, why });
    this.#planner.plan();
    this.#groups.dropIfEmpty(group);
  }
}
