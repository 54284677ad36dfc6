import { MOVED_PER_SECOND } from '../../queue/limits.ts';
import { refuse, type SqsAction } from './action.ts';
import { numberWithin } from './members.ts';
import { moveFailure } from './move-task-failure.ts';
import { writeTaskHandle } from './move-task-handle.ts';
import { queueByArn } from './queue-arn.ts';

/** StartMessageMoveTask: `SourceArn`, `DestinationArn`, `MaxNumberOfMessagesPerSecond` → `TaskHandle`. */
export const startMessageMoveTask: SqsAction = async (input, { broker, caller }) => {
  const source = queueByArn(input, 'SourceArn', caller);
  if (source === undefined) return refuse({ kind: 'missing-parameter', name: 'SourceArn' });
  const destination = queueByArn(input, 'DestinationArn', caller);
  const perSecond = numberWithin(input, 'MaxNumberOfMessagesPerSecond', MOVED_PER_SECOND);
  const started = await broker.moves.start(source, {
    ...(destination !== undefined && { destination }),
    ...(perSecond !== undefined && { perSecond }),
  });
  if (!started.ok) return refuse(moveFailure(started.failure));
  return { TaskHandle: writeTaskHandle(source, started.value.id) };
};
