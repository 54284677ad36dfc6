import type { CreateFailure, DeadLetterFailure, NoSuchQueue, Unavailable } from '../../broker/broker.ts';
import type { SqsFailure } from './sqs-errors.ts';
import { attributeOf } from './queue-attributes.ts';

/** What is told of settings that the broker refused; `attributes` as they were given. */
export function settingsFailure(
  failure: CreateFailure | DeadLetterFailure | NoSuchQueue | Unavailable,
  attributes: Readonly<Record<string, string>>,
): SqsFailure {
  switch (failure.kind) {
    case 'exists-differently':
      return { kind: failure.kind, value: attributeOf(failure.setting) };
    case 'no-such-dead-letter-queue':
    case 'dead-letter-queue-of-other-type':
    case 'dead-letter-queue-refuses':
      return { kind: failure.kind, value: attributes['RedrivePolicy'] ?? '' };
    default:
      return { kind: failure.kind };
  }
}
