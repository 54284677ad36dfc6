import { refuse, type SqsAction } from './action.ts';
import { requiredText } from './members.ts';
import { moveFailure } from './move-task-failure.ts';
import { readTaskHandle } from './move-task-handle.ts';
import { reachable } from './queue-url.ts';

/** CancelMessageMoveTask: `TaskHandle` → `ApproximateNumberOfMessagesMoved`. */
export const cancelMessageMoveTask: SqsAction = async (input, { broker, caller }) => {
  const { source, id } = readTaskHandle(requiredText(input, 'TaskHandle'));
  const cancelled = await broker.moves.cancel(reachable(caller, source), id);
  if (!cancelled.ok) return refuse(moveFailure(cancelled.failure));
  return { ApproximateNumberOfMessagesMoved: cancelled.value.moved };
};
