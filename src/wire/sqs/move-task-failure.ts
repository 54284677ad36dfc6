import type { CancelMoveFailure, StartMoveFailure } from '../../broker/broker.ts';
import type { SqsFailure } from './sqs-errors.ts';

/** What is told of a move task that was not begun or not cancelled. */
export function moveFailure(failure: StartMoveFailure | CancelMoveFailure): SqsFailure {
  switch (failure.kind) {
    case 'no-such-queue':
      return noResource('SourceArn');
    case 'no-such-destination':
      return noResource('DestinationArn');
    case 'not-a-dead-letter-queue':
      return invalid('Source queue must be configured as a Dead Letter Queue.');
    case 'destination-is-source':
      return invalid('Source queue arn and destination queue arn cannot be the same.');
    case 'destination-of-other-type':
      return invalid('Source queue and destination queue must be of the same type.');
    case 'already-moving':
      return invalid(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    case 'no-such-task':
      return { kind: 'no-resource', what: 'Task does not exist.' };
    case 'not-running':
      return { kind: 'unsupported', what: 'Only active tasks can be cancelled.' };
    default:
      return failure;
  }
}

/** A queue that is named by its ARN and is not there. */
export function noResource(parameter: string): SqsFailure {
  return {
    kind: 'no-resource',
    what: `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  };
}

function invalid(message: string): SqsFailure {
  return { kind: 'invalid-parameter', message };
}
