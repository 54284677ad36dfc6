import type { Clock } from '../base/clock.ts';
import type { Tell } from '../watch/event.ts';
import { bringUp } from './bring-up.ts';
import type { Environment } from './environment.ts';
import { noRoom } from './failed-start.ts';
import type { EnvironmentGroup, Lease, PlannedStart } from './group.ts';
import type { EnvironmentStarter } from './start.ts';
import type { WaitingLine } from './waiting-line.ts';

/** What {@link Starts} works with. */
export interface StartsParts {
  readonly starter: Pick<EnvironmentStarter, 'start'>;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly line: WaitingLine;
  /** A start is over: an environment is there, or the reason why none is. */
  readonly onArrived: (group: EnvironmentGroup, lease: Lease) => void;
  /** Nothing is left of an environment. */
  readonly onGone: (group: EnvironmentGroup, environment: Environment, why: string) => void;
}

/** The starts that are on their way. */
export class Starts {
  readonly #parts: StartsParts;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: StartsParts) {
    this.#parts = parts;
  }

  /** Begins one; `release` gives back its slot and says whether somebody was served while others still wait. */
  begin(group: EnvironmentGroup, release: (isServedFirst: boolean) => void): void {
    const planned: PlannedStart = { isProvisioned: group.lacksProvisioned, isBuilt: false };
    group.starts.add(planned);
    const start = this.#bringUp(group, planned)
      .catch((error: unknown): Lease =>
        noRoom(`No environment could be started: ${(error as Error).message}`),
      )
      .then((lease) => {
        group.starts.delete(planned);
        if (planned.isProvisioned && lease.kind === 'environment') group.provisioned.add(lease.environment);
        this.#arrive(group, lease, release);
      });
    this.#running.add(start);
    void start.finally(() => this.#running.delete(start));
  }

  /** Resolves when those that are on their way now are over. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Who waits is served first: the slot that becomes free is not for them any more. */
  #arrive(group: EnvironmentGroup, lease: Lease, release: (isServedFirst: boolean) => void): void {
    const { line, onArrived } = this.#parts;
    const before = line.length;
    onArrived(group, lease);
    const isServed = lease.kind === 'environment' && line.length < before;
    release(isServed && line.length > 0);
  }

  async #bringUp(group: EnvironmentGroup, planned: PlannedStart): Promise<Lease> {
    const { starter, clock, line, tell } = this.#parts;
    const onBuilt = (environment: Environment): void => {
      planned.isBuilt = true;
      this.#watch(group, environment);
      if (line.isClosed) environment.stop('the platform stops');
    };
    const initialization = planned.isProvisioned ? 'provisioned-concurrency' : 'on-demand';
    const lease = await bringUp({ starter, clock, onBuilt, initialization }, group.record);
    if (lease.kind === 'environment') {
      const { id: environmentId, initDurationMs: startMs } = lease.environment;
      tell({ kind: 'environment-started', environmentId, function: group.record.key.name, startMs });
    }
    return lease;
  }

  #watch(group: EnvironmentGroup, environment: Environment): void {
    group.all.add(environment);
    void environment.gone.then((why) => this.#parts.onGone(group, environment, why));
  }
}
