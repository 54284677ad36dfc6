import type { Clock } from '../base/clock.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { FunctionListener } from '../function/functions.ts';
import { noRoom } from './failed-start.ts';
import type { EnvironmentGroups } from './groups.ts';
import type { HandOver } from './hand-over.ts';
import type { ReadyAhead } from './ready-ahead.ts';
import type { StartPlanner } from './start-planner.ts';
import type { WaitingLine } from './waiting-line.ts';

/** What {@link Revisions} works with. */
export interface RevisionsParts {
  readonly clock: Clock;
  readonly groups: EnvironmentGroups;
  readonly line: WaitingLine;
  readonly ahead: ReadyAhead;
  readonly handOver: HandOver;
  readonly planner: StartPlanner;
}

/** What becomes of environments when their functions change. */
export class Revisions implements FunctionListener {
  readonly #parts: RevisionsParts;

  constructor(parts: RevisionsParts) {
    this.#parts = parts;
  }

  changed(now: FunctionRecord, before: FunctionRecord): void {
    if (now.revisionId !== before.revisionId) this.#retire(before, now);
    if (now.provisioned !== before.provisioned || now.state !== before.state) this.#entered(now);
  }

  deleted(deleted: FunctionRecord): void {
    this.#retire(deleted);
  }

  versionDeleted(deleted: FunctionRecord): void {
    this.#retire(deleted);
  }

  /** The same revision stands differently: its code is ready, or more or less of it is provisioned. */
  #entered(now: FunctionRecord): void {
    const { groups, ahead, planner } = this.#parts;
    const known = groups.find(now);
    if (known !== undefined) {
      known.record = now;
      ahead.cooled(known);
    }
    ahead.provision(now);
    planner.plan();
  }

  /** Ends what runs an older revision, when its work is done; who waits gets the newer one, if there is one. */
  #retire(before: FunctionRecord, now?: FunctionRecord): void {
    const { clock, groups, line, ahead, handOver, planner } = this.#parts;
    const group = groups.of(before);
    group.isRetired = true;
    handOver.endIdle(group, 'its function has changed');
    const isWanted = group.waiting.size > 0 || group.peaks.wanted(clock.nowMs()) > 0;
    const successor = now !== undefined && isWanted ? groups.of(now) : undefined;
    ahead.retire(group, successor);
    if (successor === undefined) line.serveAll(group, noRoom('The function was deleted.'));
    else line.move(group, successor);
    groups.dropIfEmpty(group);
    planner.plan();
  }
}
