import type { MoveFailure, MoveTask } from '../../broker/move-task.ts';
import { queueArn, type QueueKey } from '../../message/queue-key.ts';
import { LISTED_MOVE_TASKS } from '../../queue/limits.ts';
import { refuse, type Output, type SqsAction } from './action.ts';
import { numberWithin } from './members.ts';
import { moveFailure } from './move-task-failure.ts';
import { writeTaskHandle } from './move-task-handle.ts';
import { queueByArn } from './queue-arn.ts';

const FAILURE_REASONS: Readonly<Record<MoveFailure, string>> = {
  'no-such-queue': 'AWS.SimpleQueueService.NonExistentQueue',
  'no-source': 'CouldNotDetermineMessageSource',
};

/** ListMessageMoveTasks: `SourceArn`, `MaxResults` → `Results`, newest first. */
export const listMessageMoveTasks: SqsAction = async (input, { broker, caller }) => {
  const source = queueByArn(input, 'SourceArn', caller);
  if (source === undefined) return refuse({ kind: 'missing-parameter', name: 'SourceArn' });
  const most = numberWithin(input, 'MaxResults', LISTED_MOVE_TASKS) ?? LISTED_MOVE_TASKS.least;
  const listed = broker.moves.list(source);
  if (!listed.ok) return refuse(moveFailure(listed.failure));
  return { Results: listed.value.slice(0, most).map((task) => writeTask(source, task)) };
};

function writeTask(source: QueueKey, task: MoveTask): NonNullable<Output> {
  const { destination, failure } = task;
  return {
    TaskHandle: task.status === 'running' ? writeTaskHandle(source, task.id) : undefined,
    Status: task.status.toUpperCase(),
    SourceArn: queueArn(source),
    DestinationArn: destination && queueArn(destination),
    MaxNumberOfMessagesPerSecond: task.perSecond,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: failure && FAILURE_REASONS[failure],
    StartedTimestamp: task.startedAtMs,
  };
}
