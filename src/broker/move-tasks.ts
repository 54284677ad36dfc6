import type { Clock } from '../base/clock.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { queueKeyText, type QueueKey } from '../message/queue-key.ts';
import type { QueueStore } from '../store/queue-store.ts';
import type { CancelMoveFailure, Moves, NoSuchQueue, StartMoveFailure } from './broker.ts';
import { noSuchQueue, type Keepers } from './keepers.ts';
import { describeQueue } from './describe.ts';
import type { Keeper } from './keeper.ts';
import { moveStep, type StepParts } from './move-step.ts';
import { isActive, withChange, withTask, type MoveOrder, type MoveTask } from './move-task.ts';
import { writeDefinition } from './queue-definition.ts';

/** What moving works with. */
export interface MoveParts extends StepParts {
  readonly keepers: Keepers;
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly onFatal: (error: unknown) => void;
}

/** Messages that one step moves at most. */
const STEP_COUNT = 100;
/** Steps in a second, when a rate is asked for that is above this. */
const STEPS_PER_SECOND = 10;
/** How long a task waits when it cannot go on for a while: too little disk space, or pages that are on their way. */
const REST_MS = 100;

/** A task under way. */
interface Run {
  /** Ends its rest. */
  wake: () => void;
  /** Steps in a row that found nothing to move. */
  emptySteps: number;
}

/** Runs the move tasks of all queues, a step at a time, each durable before the next begins. */
export class MoveTasks implements Moves {
  readonly #parts: MoveParts;
  readonly #runs = new Map<Keeper, Run>();
  #stopping = false;

  constructor(parts: MoveParts) {
    this.#parts = parts;
  }

  start(source: QueueKey, order: MoveOrder): Promise<Result<MoveTask, StartMoveFailure>> {
    return this.#parts.keepers.with<MoveTask, StartMoveFailure>(source, async (keeper) => {
      const refused = this.#refusal(keeper, order);
      if (refused !== undefined) return failed(refused);
      const nowMs = Math.floor(this.#parts.clock.nowMs());
      const { visibleCount } = describeQueue(keeper, nowMs);
      const begun = { id: this.#parts.random.uuid(), status: 'running', startedAtMs: nowMs } as const;
      const task: MoveTask = { ...order, ...begun, toMove: visibleCount, moved: 0 };
      this.#write(keeper, withTask(tasksOf(keeper), task));
      if ((await keeper.synced()) === 'lost') return failed({ kind: 'disk-full' });
      this.resume(keeper);
      return ok(task);
    });
  }

  list(source: QueueKey): Result<readonly MoveTask[], NoSuchQueue> {
    const keeper = this.#parts.queues.get(source);
    return keeper === undefined ? noSuchQueue(source) : ok(tasksOf(keeper));
  }

  cancel(source: QueueKey, id: string): Promise<Result<MoveTask, CancelMoveFailure>> {
    return this.#parts.keepers.with<MoveTask, CancelMoveFailure>(source, async (keeper) => {
      const task = tasksOf(keeper).find((one) => one.id === id);
      if (task === undefined) return failed({ kind: 'no-such-task' });
      if (task.status !== 'running') return failed({ kind: 'not-running' });
      this.#change(keeper, task, { status: 'cancelling' });
      if ((await keeper.synced()) === 'lost') return failed({ kind: 'disk-full' });
      this.#runs.get(keeper)?.wake();
      return ok(tasksOf(keeper).find((one) => one.id === id) ?? task);
    });
  }

  /** Goes on with the queue's task, if it has one that has not ended. */
  resume(keeper: Keeper): void {
    if (this.#stopping || this.#runs.has(keeper) || activeTask(keeper) === undefined) return;
    const run: Run = { wake: () => undefined, emptySteps: 0 };
    this.#runs.set(keeper, run);
    this.#run(keeper, run)
      .catch(this.#parts.onFatal)
      .finally(() => this.#runs.delete(keeper));
  }

  /** No further steps; tasks go on when the platform starts again. */
  stop(): void {
    this.#stopping = true;
    for (const run of this.#runs.values()) run.wake();
  }

  async #run(keeper: Keeper, run: Run): Promise<void> {
    for (;;) {
      while (keeper.rebuilding !== undefined) await keeper.rebuilding;
      const task = activeTask(keeper);
      if (this.#stopping || !keeper.isThere || task === undefined) return;
      const restMs = await this.#advance(keeper, task, run);
      if (restMs > 0 && !this.#stopping) await this.#rest(run, restMs);
    }
  }

  /** One step; answers how long to rest after it. */
  async #advance(keeper: Keeper, task: MoveTask, run: Run): Promise<number> {
    if (task.status === 'cancelling') return this.#end(keeper, task, { status: 'cancelled' });
    if (this.#parts.store.spaceIsLow()) return REST_MS;
    const left = task.toMove - task.moved;
    if (left <= 0) return this.#end(keeper, task, { status: 'completed' });
    const nowMs = Math.floor(this.#parts.clock.nowMs());
    const step = moveStep(this.#parts, keeper, task, Math.min(left, stepCount(task)), nowMs);
    switch (step.kind) {
      case 'moved':
        run.emptySteps = 0;
        this.#change(keeper, task, { moved: task.moved + step.count });
        if ((await keeper.synced()) === 'lost') return REST_MS;
        return task.perSecond === undefined ? 0 : (step.count * 1000) / task.perSecond;
      case 'nothing':
        return this.#empty(keeper, task, run, nowMs);
      case 'wait':
        await step.until;
        return 0;
      case 'failed':
        return this.#end(keeper, task, { status: 'failed', failure: step.failure });
    }
  }

  /** Nothing was there to move: what rests in the store may be on its way, or show in a moment after a restart. */
  async #empty(keeper: Keeper, task: MoveTask, run: Run, nowMs: number): Promise<number> {
    if (keeper.paging !== undefined) {
      await keeper.paging;
      return 0;
    }
    run.emptySteps += 1;
    const isOver = run.emptySteps > 1 && describeQueue(keeper, nowMs).visibleCount === 0;
    return isOver ? this.#end(keeper, task, { status: 'completed' }) : REST_MS;
  }

  async #end(keeper: Keeper, task: MoveTask, change: Partial<MoveTask>): Promise<number> {
    this.#change(keeper, task, change);
    return (await keeper.synced()) === 'lost' ? REST_MS : 0;
  }

  #rest(run: Run, restMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(restMs, resolve);
      run.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #refusal(source: Keeper, { destination }: MoveOrder): StartMoveFailure | undefined {
    if (this.#parts.store.spaceIsLow()) return { kind: 'disk-full' };
    if (!this.#isDeadLetterQueue(source.definition.key)) return { kind: 'not-a-dead-letter-queue' };
    if (activeTask(source) !== undefined) return { kind: 'already-moving' };
    if (destination === undefined) return undefined;
    const target = this.#parts.queues.get(destination);
    if (target === undefined) return { kind: 'no-such-destination' };
    if (target === source) return { kind: 'destination-is-source' };
    const sameType =
      (target.definition.settings.fifo === undefined) === (source.definition.settings.fifo === undefined);
    return sameType ? undefined : { kind: 'destination-of-other-type' };
  }

  #isDeadLetterQueue(key: QueueKey): boolean {
    const name = queueKeyText(key);
    for (const { definition, isThere } of this.#parts.queues.all()) {
      const { redrive } = definition.settings;
      if (isThere && redrive !== undefined && queueKeyText(redrive.deadLetterQueue) === name) return true;
    }
    return false;
  }

  #change(keeper: Keeper, task: MoveTask, change: Partial<MoveTask>): void {
    this.#write(keeper, withChange(tasksOf(keeper), task.id, change));
  }

  #write(keeper: Keeper, moveTasks: readonly MoveTask[]): void {
    keeper.definition = { ...keeper.definition, moveTasks };
    const definition = writeDefinition(keeper.definition);
    keeper.write({ kind: 'queue-written', queue: keeper.queue, definition });
  }
}

function tasksOf(keeper: Keeper): readonly MoveTask[] {
  return keeper.definition.moveTasks ?? [];
}

function activeTask(keeper: Keeper): MoveTask | undefined {
  return tasksOf(keeper).find(isActive);
}

function stepCount({ perSecond }: MoveTask): number {
  return perSecond === undefined ? STEP_COUNT : Math.max(1, Math.floor(perSecond / STEPS_PER_SECOND));
}
