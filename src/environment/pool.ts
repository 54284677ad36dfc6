import type { Clock } from '../base/clock.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { FunctionListener } from '../function/functions.ts';
import type { Tell } from '../watch/event.ts';
import { bringUp } from './bring-up.ts';
import type { Environment } from './environment.ts';
import { describeFailure, noRoom } from './failed-start.ts';
import type { EnvironmentGroup, Lease, PlannedStart, Waiter } from './group.ts';
import { EnvironmentGroups } from './groups.ts';
import { IdleCare } from './idle-care.ts';
import { ReadyAhead, type Standing } from './ready-ahead.ts';
import { Room } from './room.ts';
import type { Spares } from './spares.ts';
import { StartSlots } from './start-slots.ts';
import type { EnvironmentStarter } from './start.ts';

/** What a first invocation takes from its handing over until its handler runs. */
const HEAD_START_MS = 10;

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
  readonly #options: EnvironmentPoolOptions;
  readonly #groups: EnvironmentGroups;
  readonly #waiting = new Set<Waiter>();
  readonly #ahead: ReadyAhead;
  readonly #care: IdleCare;
  readonly #room: Room;
  readonly #slots: StartSlots;
  /** For those who can have a program that waits: they do not wait behind starts. */
  readonly #hitSlots: StartSlots;
  readonly #starts = new Set<Promise<void>>();
  #isStopping = false;

  constructor(options: EnvironmentPoolOptions) {
    const { clock, idleMs, memoryBytes, startsAtOnce, startsAtFirst, warmShare = 0, spares } = options;
    this.#options = options;
    this.#groups = new EnvironmentGroups(idleMs);
    this.#room = new Room(memoryBytes);
    this.#slots = new StartSlots(clock, {
      most: startsAtOnce,
      atFirst: startsAtFirst,
      headStartMs: HEAD_START_MS,
    });
    const atFirst = Math.ceil(startsAtOnce / 2);
    this.#hitSlots = new StartSlots(clock, { most: startsAtOnce, atFirst, headStartMs: 0 });
    this.#ahead = new ReadyAhead({
      ...{ groups: this.#groups, room: this.#room, warmShare },
      nowMs: () => clock.nowMs(),
      otherBytes: () => spares?.usedMemoryBytes,
    });
    this.#care = new IdleCare({ clock, idleMs, onExpired: (environment) => this.#expired(environment) });
  }

  /** An environment for one invocation of this revision; {@link giveBack} follows when it can take the next one. */
  lease(record: FunctionRecord): Promise<Lease> {
    return new Promise((resolve) => {
      if (this.#isStopping) return resolve(noRoom('The platform is stopping.'));
      const group = this.#groups.of(record);
      const environment = group.nextIdle();
      if (environment !== undefined) {
        this.#care.end(environment);
        group.use(environment);
        return resolve({ kind: 'environment', environment, isCold: false });
      }
      const waiter = { group, resolve };
      group.waiting.add(waiter);
      this.#waiting.add(waiter);
      this.#startMore();
    });
  }

  /** The environment, idle again, serves whoever waits for it, or is kept for a while. */
  giveBack(record: FunctionRecord, environment: Environment): void {
    const group = this.#groups.of(record);
    group.unuse(environment, this.#options.clock.nowMs());
    this.#offer(group, { kind: 'environment', environment, isCold: false });
    this.#startMore();
  }

  /** What retires environments when functions change: hand it to `Functions.listen`. */
  get listener(): FunctionListener {
    return {
      changed: (now, before) => {
        if (now.revisionId !== before.revisionId) this.#retire(before, now);
        if (now.provisioned !== before.provisioned || now.state !== before.state) this.#entered(now);
      },
      deleted: (deleted) => this.#retire(deleted),
      versionDeleted: (deleted) => this.#retire(deleted),
    };
  }

  /** Keeps as many environments of a version ready as its record says. */
  provision(record: FunctionRecord): void {
    this.#ahead.provision(record);
    this.#startMore();
    const group = this.#groups.find(record);
    if (group !== undefined) this.#groups.dropIfEmpty(group);
  }

  /** How many environments of a version stand ready, and why no more do. */
  standing(record: FunctionRecord): Standing {
    return this.#ahead.standing(record);
  }

  /** True while nobody waits for an environment and none is being started. */
  get isQuiet(): boolean {
    return this.#waiting.size === 0 && this.#slots.areUnused && this.#hitSlots.areUnused;
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
    this.#isStopping = true;
    for (const waiter of this.#waiting) this.#serve(waiter, noRoom('The platform is stopping.'));
    const { environments } = this.#groups;
    for (const environment of environments) environment.stop('the platform stops');
    await Promise.all(environments.map((environment) => environment.gone));
    await Promise.all(this.#starts);
  }

  /** The same revision stands differently: its code is ready, or more or less of it is provisioned. */
  #entered(now: FunctionRecord): void {
    const known = this.#groups.find(now);
    if (known !== undefined) {
      known.record = now;
      this.#ahead.cooled(known);
    }
    this.#ahead.provision(now);
    this.#startMore();
  }

  /** Plans starts while somebody waits without one, slots are free and memory allows. */
  #startMore(): void {
    if (this.#isStopping) return;
    if (this.isQuiet) this.#options.spares?.fill();
    this.#startHits();
    // Many wait for one function: each is looked at once.
    const passed = new Set<EnvironmentGroup>();
    for (const { group } of this.#waiting) {
      if (this.#slots.areFull) return;
      if (passed.has(group)) continue;
      if (!group.needsStart || this.#isHit(group)) {
        passed.add(group);
        continue;
      }
      if (!this.#makeRoom(group)) return;
      this.#start(group);
    }
    while (!this.#slots.areFull) {
      const group = this.#ahead.next((wanting) => this.#makeRoom(wanting));
      if (group === undefined) return;
      this.#start(group);
    }
  }

  /** Needs no room: what waits has its memory already. */
  #startHits(): void {
    if (this.#options.spares === undefined) return;
    const passed = new Set<EnvironmentGroup>();
    for (const { group } of this.#waiting) {
      if (this.#hitSlots.areFull) return;
      if (passed.has(group)) continue;
      if (group.needsStart && this.#isHit(group)) this.#start(group, this.#hitSlots);
      else passed.add(group);
    }
  }

  /** True when a program that waits is there for it, beyond those that others are just getting. */
  #isHit({ record }: EnvironmentGroup): boolean {
    const { spares } = this.#options;
    return spares !== undefined && this.#hitSlots.inUse < spares.size && spares.hasFor(record);
  }

  /** What stands ready stays, frozen; whether it still should is asked again after another idle time. */
  #expired(environment: Environment): void {
    if (this.#ahead.keeps(environment)) this.#care.goOn(environment);
    else environment.stop('idle');
  }

  #makeRoom(wanting: EnvironmentGroup): boolean {
    const { spares } = this.#options;
    const occupied = this.#groups.occupied(spares?.usedMemoryBytes);
    const room = this.#room.check(occupied, this.#groups.evictableFor(wanting));
    if (room.kind !== 'free' && spares?.giveUpOne(() => this.#startMore()) === true) return false;
    // Its end makes the room, and is followed by another look.
    if (room.kind === 'evict') {
      this.#groups.dropIdle(room.victim);
      room.victim.stop('its memory is needed');
    }
    return room.kind === 'free';
  }

  #start(group: EnvironmentGroup, slots = this.#slots): void {
    const planned: PlannedStart = { isProvisioned: group.lacksProvisioned, isBuilt: false };
    group.starts.add(planned);
    const release = slots.take(() => this.#startMore());
    const start = this.#bringUp(group, planned)
      .catch((error: unknown): Lease =>
        noRoom(`No environment could be started: ${(error as Error).message}`),
      )
      .then((lease) => {
        group.starts.delete(planned);
        if (planned.isProvisioned && lease.kind === 'environment') group.provisioned.add(lease.environment);
        // Who waits is served first: the slot that becomes free is not for them any more.
        const waitingCount = this.#waiting.size;
        this.#arrived(group, lease);
        const isServed = lease.kind === 'environment' && this.#waiting.size < waitingCount;
        release(isServed && this.#waiting.size > 0);
      });
    this.#starts.add(start);
    void start.finally(() => this.#starts.delete(start));
  }

  async #bringUp(group: EnvironmentGroup, planned: PlannedStart): Promise<Lease> {
    const { starter, clock } = this.#options;
    const onBuilt = (environment: Environment): void => {
      planned.isBuilt = true;
      this.#watch(group, environment);
      if (this.#isStopping) environment.stop('the platform stops');
    };
    const initialization = planned.isProvisioned ? 'provisioned-concurrency' : 'on-demand';
    const lease = await bringUp({ starter, clock, onBuilt, initialization }, group.record);
    if (lease.kind === 'environment') this.#tellStarted(group, lease.environment);
    return lease;
  }

  /** Forgets an environment once nothing of it is left. */
  #watch(group: EnvironmentGroup, environment: Environment): void {
    group.all.add(environment);
    void environment.gone.then((why) => {
      if (environment.endedUnused) group.uselessInRow += 1;
      group.forget(environment, this.#options.clock.nowMs());
      this.#care.end(environment);
      this.#ahead.cooled(group);
      const { id: environmentId } = environment;
      this.#options.tell({ kind: 'environment-ended', environmentId, function: group.record.key.name, why });
      this.#startMore();
      this.#groups.dropIfEmpty(group);
    });
  }

  #tellStarted(group: EnvironmentGroup, { id: environmentId, initDurationMs: startMs }: Environment): void {
    const { name } = group.record.key;
    this.#options.tell({ kind: 'environment-started', environmentId, function: name, startMs });
  }

  #arrived(group: EnvironmentGroup, lease: Lease): void {
    group.failedInRow = lease.kind === 'environment' ? 0 : group.failedInRow + 1;
    if (lease.kind === 'environment') this.#offer(group, lease);
    else this.#failNext(group, lease);
    this.#groups.dropIfEmpty(group);
  }

  /** A failed start is the answer of whoever has waited longest. */
  #failNext(group: EnvironmentGroup, lease: Lease & { readonly kind: 'failed' }): void {
    const waiter = group.nextWaiter();
    if (waiter !== undefined) return this.#serve(waiter, lease);
    if (this.#isStopping) return;
    const what = `An environment that nobody waited for did not start: ${describeFailure(lease.failure)}`;
    this.#options.tell({ kind: 'trouble', where: `function ${group.record.key.name}`, what });
  }

  #offer(group: EnvironmentGroup, lease: Lease & { readonly kind: 'environment' }): void {
    const { environment } = lease;
    const waiter = environment.isFree ? group.nextWaiter() : undefined;
    if (waiter !== undefined) {
      group.use(environment);
      return this.#serve(waiter, lease);
    }
    if (group.isRetired || this.#isStopping) return environment.stop('its function has changed');
    if (!environment.isFree) return;
    environment.lastUsedMs = this.#options.clock.nowMs();
    group.idle.push(environment);
    this.#care.begin(environment);
  }

  #serve(waiter: Waiter, lease: Lease): void {
    waiter.group.waiting.delete(waiter);
    this.#waiting.delete(waiter);
    waiter.resolve(lease);
  }

  /** Ends what runs an older revision, when its work is done; who waits gets the newer one, if there is one. */
  #retire(before: FunctionRecord, now?: FunctionRecord): void {
    const group = this.#groups.of(before);
    group.isRetired = true;
    for (const environment of group.idle.splice(0)) {
      this.#care.end(environment);
      environment.stop('its function has changed');
    }
    const isWanted = group.waiting.size > 0 || group.peaks.wanted(this.#options.clock.nowMs()) > 0;
    const successor = now !== undefined && isWanted ? this.#groups.of(now) : undefined;
    this.#ahead.retire(group, successor);
    const waiters = [...group.waiting];
    group.waiting.clear();
    for (const waiter of waiters) {
      if (successor === undefined) this.#serve(waiter, noRoom('The function was deleted.'));
      else move(waiter, successor);
    }
    this.#groups.dropIfEmpty(group);
    this.#startMore();
  }
}

function move(waiter: Waiter, to: EnvironmentGroup): void {
  waiter.group = to;
  to.waiting.add(waiter);
}
