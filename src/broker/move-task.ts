import type { QueueKey } from '../message/queue-key.ts';

/** Why a task ended before its end: the queue a message should go to is not there, or nobody knows which one it is. */
export type MoveFailure = 'no-such-queue' | 'no-source';

/**
 * ```
 *            cancel                   the step under way has ended
 *  running ─────────► cancelling ────────────────────────────────► cancelled
 *     ├──► completed   as many are moved as there were at the start, or nothing more is visible
 *     └──► failed
 * ```
 */
export type MoveStatus = 'running' | 'cancelling' | 'completed' | 'cancelled' | 'failed';

/** Messages on their way from a dead-letter queue to another queue, as it stands in the definition of the first. */
export interface MoveTask {
  /** A UUID. */
  readonly id: string;
  /** Unset: every message goes back to the queue that it came from. */
  readonly destination?: QueueKey;
  /** Unset: as fast as it goes. */
  readonly perSecond?: number;
  readonly status: MoveStatus;
  readonly startedAtMs: number;
  /** Messages that could be received when the task began; it moves no more than that. */
  readonly toMove: number;
  readonly moved: number;
  readonly failure?: MoveFailure;
}

/** What to move where, and how fast. */
export type MoveOrder = Pick<MoveTask, 'destination' | 'perSecond'>;

/** Tasks kept for each queue, the one under way included. */
const KEPT_TASKS = 10;

/** True while the task has messages to move or a step to end. */
export function isActive({ status }: MoveTask): boolean {
  return status === 'running' || status === 'cancelling';
}

/** The tasks with a new one in front. */
export function withTask(tasks: readonly MoveTask[], task: MoveTask): readonly MoveTask[] {
  return [task, ...tasks].slice(0, KEPT_TASKS);
}

/** The tasks with one of them changed. */
export function withChange(
  tasks: readonly MoveTask[],
  id: string,
  change: Partial<MoveTask>,
): readonly MoveTask[] {
  return tasks.map((task) => (task.id === id ? { ...task, ...change } : task));
}
