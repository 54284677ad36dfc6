import type { MessageId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { parseQueueArn } from '../message/queue-key.ts';
import type { Arrival } from '../queue/command.ts';
import type { Tell } from '../watch/event.ts';
import type { Keeper } from './keeper.ts';
import type { MoveFailure, MoveTask } from './move-task.ts';
import type { Queues } from './queues.ts';

/** What came of one step of a task. */
export type Step =
  | { readonly kind: 'moved'; readonly count: number }
  /** Nothing to move at this moment. */
  | { readonly kind: 'nothing' }
  /** A queue must be read again first. */
  | { readonly kind: 'wait'; readonly until: Promise<void> }
  | { readonly kind: 'failed'; readonly failure: MoveFailure };

/** What a step works with. */
export interface StepParts {
  readonly queues: Queues;
  readonly random: Random;
  readonly tell: Tell;
}

/** Bytes of messages that one step moves at most: a group must not grow too large. */
const STEP_SIZE_BYTES = 1024 * 1024;

/**
 * Moves up to `maximum` messages in one turn, so that they leave and arrive in one group. Messages that may go are moved
 * before one that may not ends the task.
 */
export function moveStep(
  parts: StepParts,
  from: Keeper,
  task: MoveTask,
  maximum: number,
  nowMs: number,
): Step {
  const to = task.destination === undefined ? undefined : parts.queues.get(task.destination);
  if (task.destination !== undefined) {
    if (to === undefined) return { kind: 'failed', failure: 'no-such-queue' };
    if (to.closed !== undefined) return { kind: 'wait', until: to.closed };
  }
  const order = { kind: 'take-out', maximumSizeBytes: STEP_SIZE_BYTES } as const;
  if (to !== undefined) {
    const { arrivals } = from.apply<'take-out'>({ ...order, maximum });
    return moved(handOver(parts, from, to, arrivals, nowMs));
  }
  const targets = new Map<string, Keeper>();
  let count = 0;
  for (;;) {
    const sources = new Set(targets.keys());
    const { arrivals, stoppedBefore } = from.apply<'take-out'>({
      ...order,
      maximum: maximum - count,
      sources,
    });
    for (const [arn, target] of targets) {
      const theirs = arrivals.filter(({ message }) => message.deadLetterSourceArn === arn);
      count += handOver(parts, from, target, theirs, nowMs);
    }
    if (stoppedBefore === undefined) return moved(count);
    const next = sourceOf(parts.queues, from, stoppedBefore.source);
    if (!(typeof next === 'object')) return count > 0 ? moved(count) : { kind: 'failed', failure: next };
    if (next.closed !== undefined) {
      return count > 0 ? moved(count) : { kind: 'wait', until: next.closed };
    }
    targets.set(stoppedBefore.source ?? '', next);
  }
}

function moved(count: number): Step {
  return count > 0 ? { kind: 'moved', count } : { kind: 'nothing' };
}

/** The queue that a dead letter came from, or why it cannot go back. */
function sourceOf(queues: Queues, from: Keeper, arn: string | undefined): Keeper | MoveFailure {
  const key = arn === undefined ? undefined : parseQueueArn(arn);
  if (key === undefined) return 'no-source';
  const keeper = queues.get(key);
  return keeper === undefined || keeper === from ? 'no-such-queue' : keeper;
}

/** In the same turn as the removal, so that both are in one group. */
function handOver(
  { random, tell }: StepParts,
  from: Keeper,
  to: Keeper,
  taken: readonly Arrival[],
  nowMs: number,
): number {
  if (taken.length === 0) return 0;
  const arrivals = taken.map(({ message: { deadLetterSourceArn: _, ...kept } }) => {
    const id = random.uuid() as MessageId;
    // What moves is no duplicate of anything: its deduplication id is its own, as with dead letters.
    const renewed = to.state.fifo === undefined ? {} : { deduplicationId: id };
    const message = { ...kept, ...renewed, id, sentAtMs: nowMs };
    return { message, delayMs: 0, receiveCount: 0, firstReceivedAtMs: 0 };
  });
  to.apply<'send'>({ kind: 'send', arrivals });
  // Not in this turn: what waits there may have dead letters, which come back here.
  setImmediate(() => to.tick());
  const ids = arrivals.map(({ message }) => message.id);
  tell({ kind: 'moved', queue: from.definition.key, target: to.definition.key, ids });
  return taken.length;
}
