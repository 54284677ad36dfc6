import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqsError, type SqsFailure } from './sqs-errors.ts';

const OF_OLD = 'AWS.SimpleQueueService.';

/** A failure of each kind that has a name of its own, with its code for older clients, its type and its status. */
const TABLE: readonly (readonly [SqsFailure, string, string, number])[] = [
  [{ kind: 'no-such-queue' }, `${OF_OLD}NonExistentQueue`, 'QueueDoesNotExist', 400],
  [{ kind: 'exists-differently', value: 'X' }, 'QueueAlreadyExists', 'QueueNameExists', 400],
  [{ kind: 'deleted-recently' }, `${OF_OLD}QueueDeletedRecently`, 'QueueDeletedRecently', 400],
  [
    { kind: 'purge-in-progress', queueName: 'q' },
    ...([`${OF_OLD}PurgeQueueInProgress`, 'PurgeQueueInProgress', 403] as const),
  ],
  ...[
    [{ kind: 'empty-batch', entryName: 'E' }, 'EmptyBatchRequest'],
    [{ kind: 'too-many-entries', count: 11, most: 10 }, 'TooManyEntriesInBatchRequest'],
    [{ kind: 'ids-not-distinct', id: 'a' }, 'BatchEntryIdsNotDistinct'],
    [{ kind: 'invalid-entry-id' }, 'InvalidBatchEntryId'],
    [{ kind: 'batch-too-long', sizeBytes: 2, mostBytes: 1 }, 'BatchRequestTooLong'],
    [{ kind: 'unsupported', what: 'x' }, 'UnsupportedOperation'],
  ].map(([failure, name]) => [failure as SqsFailure, OF_OLD + String(name), String(name), 400] as const),
  ...[
    [{ kind: 'receipt-invalid', receipt: 'r' }, 'ReceiptHandleIsInvalid', 400],
    [{ kind: 'unknown-attribute', name: 'X' }, 'InvalidAttributeName', 400],
    [{ kind: 'invalid-attribute-value', name: 'X' }, 'InvalidAttributeValue', 400],
    [
      { kind: 'invalid-message-contents', character: '#x0', place: 'message body' },
      ...['InvalidMessageContents', 400],
    ],
    [{ kind: 'too-many-in-flight' }, 'OverLimit', 403],
    [{ kind: 'invalid-address', address: 'x' }, 'InvalidAddress', 404],
    [{ kind: 'no-resource', what: 'x' }, 'ResourceNotFoundException', 404],
  ].map(
    ([failure, name, status]) => [failure as SqsFailure, String(name), String(name), Number(status)] as const,
  ),
  ...[
    { kind: 'invalid-value', value: 1, parameter: 'P', reason: 'r.' } as const,
    { kind: 'receipt-expired', receipt: 'r' } as const,
    { kind: 'message-gone', receipt: 'r' } as const,
    { kind: 'beyond-twelve-hours', visibilitySeconds: 1 } as const,
    { kind: 'no-such-dead-letter-queue', value: 'x' } as const,
  ].map((failure) => [failure, 'InvalidParameterValue', 'InvalidParameterValueException', 400] as const),
  [
    { kind: 'missing-parameter', name: 'P' },
    ...(['MissingParameter', 'MissingRequiredParameterException', 400] as const),
  ],
  [
    { kind: 'unknown-action', action: 'A' },
    ...(['InvalidAction', 'UnknownOperationException', 400] as const),
  ],
];

test('each failure has the code, type and status of AWS', () => {
  for (const [failure, code, type, status] of TABLE) {
    const { queryCode, type: ownType, status: ownStatus } = sqsError(failure);
    assert.deepEqual([queryCode ?? ownType, ownType, ownStatus], [code, type, status], failure.kind);
  }
});

test('too many messages in flight are told in the words of AWS', () => {
  assert.match(sqsError({ kind: 'too-many-in-flight' }).message, /^Too many messages have been received /);
});
