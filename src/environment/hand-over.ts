import type { Clock } from '../base/clock.ts';
import type { Tell } from '../watch/event.ts';
import type { Environment } from './environment.ts';
import { describeFailure } from './failed-start.ts';
import type { EnvironmentGroup, Lease } from './group.ts';
import type { IdleCare } from './idle-care.ts';
import type { WaitingLine } from './waiting-line.ts';

/** What {@link HandOver} works with. */
export interface HandOverParts {
  readonly clock: Clock;
  readonly tell: Tell;
  readonly line: WaitingLine;
  readonly care: IdleCare;
}

/** How environments come from who has used or started them to who wants them: at once, or after they have been idle. */
export class HandOver {
  readonly #parts: HandOverParts;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  /** The most recently used idle one, in use from now on. */
  takeIdle(group: EnvironmentGroup): Environment | undefined {
    const environment = group.nextIdle();
    if (environment === undefined) return undefined;
    this.#parts.care.end(environment);
    group.use(environment);
    return environment;
  }

  /** An environment that can be used serves who has waited longest, or is kept for a while. */
  offer(group: EnvironmentGroup, lease: Lease & { readonly kind: 'environment' }): void {
    const { environment } = lease;
    const { line, clock, care } = this.#parts;
    const waiter = environment.isFree ? group.nextWaiter() : undefined;
    if (waiter !== undefined) {
      group.use(environment);
      return line.serve(waiter, lease);
    }
    if (group.isRetired || line.isClosed) return environment.stop('its function has changed');
    if (!environment.isFree) return;
    environment.lastUsedMs = clock.nowMs();
    group.idle.push(environment);
    care.begin(environment);
  }

  /** A failed start is the answer of whoever has waited longest. */
  fail(group: EnvironmentGroup, lease: Lease & { readonly kind: 'failed' }): void {
    const { line, tell } = this.#parts;
    const waiter = group.nextWaiter();
    if (waiter !== undefined) return line.serve(waiter, lease);
    if (line.isClosed) return;
    const what = `An environment that nobody waited for did not start: ${describeFailure(lease.failure)}`;
    tell({ kind: 'trouble', where: `function ${group.record.key.name}`, what });
  }

  /** Ends all that are idle. */
  endIdle(group: EnvironmentGroup, why: string): void {
    for (const environment of group.idle.splice(0)) {
      this.#parts.care.end(environment);
      environment.stop(why);
    }
  }
}
