import type { CreateFailure, DeadLetterFailure, NoSuchQueue, Unavailable } from '../../broker/broker.ts';
import { queueArn } from '../../message/queue-key.ts';
import type { SqsFailure } from '../sqs-errors.ts';
import { attributeOf } from './queue-attributes.ts';

/** What is told of settings that the broker refused. */
export function settingsFailure(
  failure: CreateFailure | DeadLetterFailure | NoSuchQueue | Unavailable,
): SqsFailure {
  switch (failure.kind) {
    case 'exists-differently':
      return { kind: failure.kind, value: attributeOf(failure.setting) };
    case 'no-such-dead-letter-queue':
    case 'dead-letter-queue-of-other-type':
    case 'dead-letter-queue-refuses':
      return { kind: failure.kind, value: queueArn(failure.queue) };
    default:
      return { kind: failure.kind };
  }
}
