import type { Cancel, Clock } from '../base/clock.ts';
import { functionKeyText, type FunctionRecord } from '../function/function.ts';
import type { FunctionListener } from '../function/functions.ts';
import type { Tell } from '../watch/event.ts';
import { bringUp } from './bring-up.ts';
import type { Environment } from './environment.ts';
import { EnvironmentGroup, type Lease, type Waiter } from './group.ts';
import { IdleCare } from './idle-care.ts';
import { Room } from './room.ts';
import type { Spares } from './spares.ts';
import type { EnvironmentStarter } from './start.ts';
import type { StartFailure } from './outcomes.ts';

/** A start that is still loading after this time makes place for the next one; it may be waiting for something. */
const SLOW_START_MS = 300;

/** Starts of what is to stand ready that may fail one after the other before there are no more until something changes. */
const MOST_FAILED_IN_ROW = 3;

/** What {@link EnvironmentPool} works with. */
export interface EnvironmentPoolOptions {
  readonly starter: Pick<EnvironmentStarter, 'start'>;
  readonly clock: Clock;
  readonly tell: Tell;
  /** How many environments may be starting at a time: about two for each core. */
  readonly startsAtOnce: number;
  /** How long an unused environment is kept. */
  readonly idleMs: number;
  /** How much memory all environments may really use together. */
  readonly memoryBytes: number;
  /** Programs started ahead: told when nobody waits, and given up for environments that need their memory. */
  readonly spares?: Pick<Spares, 'fill' | 'giveUpOne' | 'usedMemoryBytes' | 'size'>;
}

/**
 * All execution environments. Who asks gets the most recently used idle one at once; otherwise a start is planned,
 * and whichever comes first, a start or an environment that has become free, serves who has waited longest.
 */
export class EnvironmentPool implements AsyncDisposable {
  readonly #options: EnvironmentPoolOptions;
  readonly #groups = new Map<string, EnvironmentGroup>();
  readonly #waiting = new Set<Waiter>();
  /** Those of which environments are to stand ready: few, while every invocation asks. */
  readonly #provisioned = new Set<EnvironmentGroup>();
  readonly #care: IdleCare;
  readonly #room: Room;
  readonly #starts = new Set<Promise<void>>();
  #slotsInUse = 0;
  #isStopping = false;

  constructor(options: EnvironmentPoolOptions) {
    this.#options = options;
    this.#room = new Room(options.memoryBytes);
    this.#care = new IdleCare({
      clock: options.clock,
      idleMs: options.idleMs,
      onExpired: (environment) => this.#expired(environment),
    });
  }

  /** An environment for one invocation of this revision; {@link giveBack} follows when it can take the next one. */
  lease(record: FunctionRecord): Promise<Lease> {
    return new Promise((resolve) => {
      if (this.#isStopping) return resolve(noRoom('The platform is stopping.'));
      const group = this.#groupOf(record);
      const environment = group.nextIdle();
      if (environment !== undefined) {
        this.#care.end(environment);
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
    this.#offer(this.#groupOf(record), { kind: 'environment', environment, isCold: false });
    this.#startMore();
  }

  /** What retires environments when functions change: hand it to `Functions.listen`. */
  get listener(): FunctionListener {
    return {
      changed: (now, before) => {
        if (now.revisionId !== before.revisionId) this.#retire(before, now);
        if (now.provisioned !== before.provisioned || now.state !== before.state) this.provision(now);
      },
      deleted: (deleted) => this.#retire(deleted),
      versionDeleted: (deleted) => this.#retire(deleted),
    };
  }

  /** Keeps as many environments of a version ready as its record says. */
  provision(record: FunctionRecord): void {
    const count = record.state.kind === 'active' ? (record.provisioned?.count ?? 0) : 0;
    const known = this.#groups.get(groupName(record));
    if (count === 0 && known === undefined) return;
    const group = this.#groupOf(record);
    group.provisionedCount = count;
    if (count > 0) this.#provisioned.add(group);
    else this.#provisioned.delete(group);
    group.failedInRow = 0;
    this.#startMore();
    this.#dropIfEmpty(group);
  }

  /** How many environments of a version there are, and how many of them are free. */
  standing(record: FunctionRecord): { readonly started: number; readonly lastFailed: boolean } {
    const group = this.#groups.get(groupName(record));
    return { started: group?.all.size ?? 0, lastFailed: (group?.failedInRow ?? 0) > 0 };
  }

  /** True while nobody waits for an environment and none is being started. */
  get isQuiet(): boolean {
    return this.#waiting.size === 0 && this.#slotsInUse === 0;
  }

  /** How many environments stand by without a function. */
  get spareCount(): number {
    return this.#options.spares?.size ?? 0;
  }

  /** How many environments there are now, starting ones left out. */
  get size(): number {
    let count = 0;
    for (const group of this.#groups.values()) count += group.all.size;
    return count;
  }

  /** Ends every environment at once and resolves when nothing of them is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    for (const waiter of this.#waiting) this.#serve(waiter, noRoom('The platform is stopping.'));
    const environments = [...this.#groups.values()].flatMap((group) => [...group.all]);
    for (const environment of environments) environment.stop('the platform stops');
    await Promise.all(environments.map((environment) => environment.gone));
    await Promise.all(this.#starts);
  }

  #groupOf(record: FunctionRecord): EnvironmentGroup {
    const name = groupName(record);
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = new EnvironmentGroup(record);
    this.#groups.set(name, group);
    return group;
  }

  #dropIfEmpty(group: EnvironmentGroup): void {
    if (group.isEmpty) this.#groups.delete(groupName(group.record));
  }

  /** Plans starts while somebody waits without one, slots are free and memory allows. */
  #startMore(): void {
    if (this.#isStopping) return;
    if (this.isQuiet) this.#options.spares?.fill();
    for (const { group } of this.#waiting) {
      if (this.#slotsInUse >= this.#options.startsAtOnce) return;
      if (!group.needsStart) continue;
      if (!this.#makeRoom(group)) return;
      this.#start(group);
    }
    this.#startProvisioned();
  }

  /** After those who wait: what is to stand ready. A version that does not start is not tried without end. */
  #startProvisioned(): void {
    for (const group of this.#provisioned) {
      while (group.lacksProvisioned && group.failedInRow < MOST_FAILED_IN_ROW) {
        if (this.#slotsInUse >= this.#options.startsAtOnce || !this.#makeRoom(group)) return;
        this.#start(group);
      }
    }
  }

  /** What stands ready stays, frozen; whether it still should is asked again after another idle time. */
  #expired(environment: Environment): void {
    for (const group of this.#provisioned) {
      if (group.all.has(environment) && group.all.size <= group.provisionedCount) {
        return this.#care.goOn(environment);
      }
    }
    environment.stop('idle');
  }

  #makeRoom(wanting: EnvironmentGroup): boolean {
    const groups = [...this.#groups.values()];
    const running = groups.flatMap((group) => [...group.all]);
    const startingCount = groups.reduce((sum, group) => sum + group.startingCount, 0);
    const idle = groups.filter((group) => group !== wanting).flatMap((group) => group.idle);
    const oldestFirst = idle.toSorted((one, other) => one.lastUsedMs - other.lastUsedMs);
    const { spares } = this.#options;
    const room = this.#room.check(running, startingCount, oldestFirst, spares?.usedMemoryBytes);
    if (room.kind !== 'free' && spares?.giveUpOne(() => this.#startMore()) === true) return false;
    // Its end makes the room, and is followed by another look.
    if (room.kind === 'evict') this.#evict(room.victim);
    return room.kind === 'free';
  }

  #evict(environment: Environment): void {
    for (const group of this.#groups.values()) removeFrom(group.idle, environment);
    environment.stop('its memory is needed');
  }

  #start(group: EnvironmentGroup): void {
    group.startingCount += 1;
    const release = this.#takeSlot();
    const start = this.#bringUp(group)
      .catch((error: unknown): Lease =>
        noRoom(`No environment could be started: ${(error as Error).message}`),
      )
      .then((lease) => {
        group.startingCount -= 1;
        // Who waits is served first: the slot that becomes free is not for them any more.
        this.#arrived(group, lease);
        release();
      });
    this.#starts.add(start);
    void start.finally(() => this.#starts.delete(start));
  }

  /** One of the places for starts, given back when the start is over or turns out to be a slow one. */
  #takeSlot(): () => void {
    this.#slotsInUse += 1;
    let isHeld = true;
    const release = (): void => {
      cancel();
      if (isHeld) this.#slotsInUse -= 1;
      isHeld = false;
      this.#startMore();
    };
    const cancel: Cancel = this.#options.clock.after(SLOW_START_MS, release);
    return release;
  }

  async #bringUp(group: EnvironmentGroup): Promise<Lease> {
    const { starter, clock } = this.#options;
    const onBuilt = (environment: Environment): void => {
      this.#watch(group, environment);
      if (this.#isStopping) environment.stop('the platform stops');
    };
    const lease = await bringUp({ starter, clock, onBuilt }, group.record);
    if (lease.kind === 'environment') this.#tellStarted(group, lease.environment);
    return lease;
  }

  /** Forgets an environment once nothing of it is left. */
  #watch(group: EnvironmentGroup, environment: Environment): void {
    group.all.add(environment);
    void environment.gone.then((why) => {
      group.all.delete(environment);
      removeFrom(group.idle, environment);
      this.#care.end(environment);
      this.#dropIfEmpty(group);
      const { id: environmentId } = environment;
      this.#options.tell({ kind: 'environment-ended', environmentId, function: group.record.key.name, why });
      this.#startMore();
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
    this.#dropIfEmpty(group);
  }

  /** A failed start is the answer of whoever has waited longest. */
  #failNext(group: EnvironmentGroup, lease: Lease & { readonly kind: 'failed' }): void {
    const waiter = group.nextWaiter();
    if (waiter !== undefined) return this.#serve(waiter, lease);
    const what = `A spare environment did not start: ${describe(lease.failure)}`;
    this.#options.tell({ kind: 'trouble', where: `function ${group.record.key.name}`, what });
  }

  #offer(group: EnvironmentGroup, lease: Lease & { readonly kind: 'environment' }): void {
    const { environment } = lease;
    const waiter = environment.isFree ? group.nextWaiter() : undefined;
    if (waiter !== undefined) return this.#serve(waiter, lease);
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
    const group = this.#groupOf(before);
    group.isRetired = true;
    this.#provisioned.delete(group);
    for (const environment of group.idle.splice(0)) {
      this.#care.end(environment);
      environment.stop('its function has changed');
    }
    const waiters = [...group.waiting];
    group.waiting.clear();
    for (const waiter of waiters) {
      if (now === undefined) this.#serve(waiter, noRoom('The function was deleted.'));
      else this.#move(waiter, this.#groupOf(now));
    }
    this.#dropIfEmpty(group);
    this.#startMore();
  }

  #move(waiter: Waiter, to: EnvironmentGroup): void {
    waiter.group = to;
    to.waiting.add(waiter);
  }
}

function groupName({ key, revisionId }: FunctionRecord): string {
  return `${functionKeyText(key)}/${revisionId}`;
}

function removeFrom(list: Environment[], environment: Environment): void {
  const at = list.indexOf(environment);
  if (at >= 0) list.splice(at, 1);
}

function noRoom(why: string): Lease & { readonly kind: 'failed' } {
  return { kind: 'failed', failure: { kind: 'no-room', why } };
}

function describe(failure: StartFailure): string {
  switch (failure.kind) {
    case 'init-failed':
      return failure.errorMessage;
    case 'unfit':
      return failure.reason;
    case 'no-room':
      return failure.why;
    default:
      return failure.kind;
  }
}
