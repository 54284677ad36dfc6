import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

async function sender() {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  return {
    door,
    QueueUrl,
    done: (Entries: object[]) => door.done('SendMessageBatch', { QueueUrl, Entries }),
    refused: (Entries?: object[]) => door.refused('SendMessageBatch', { QueueUrl, Entries }),
  };
}

const entry = (Id: string, MessageBody = 'x') => ({ Id, MessageBody });

test('every accepted entry is answered under its id; nothing is said of failures when there are none', async () => {
  const { door, QueueUrl, done } = await sender();
  const answer = await done([entry('a', 'one'), entry('b', 'two')]);
  assert.deepEqual(Object.keys(answer), ['Successful']);
  const successful = answer['Successful'] as Record<string, string>[];
  assert.deepEqual(
    successful.map(({ Id }) => Id),
    ['a', 'b'],
  );
  assert.deepEqual(Object.keys(successful[0] ?? {}), ['Id', 'MessageId', 'MD5OfMessageBody']);
  const { Messages } = await door.done('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
  assert.deepEqual(
    (Messages as { Body: string }[]).map(({ Body }) => Body),
    ['one', 'two'],
  );
});

test('an entry that is wrong fails alone', async () => {
  const { done } = await sender();
  const answer = await done([
    entry('good'),
    { ...entry('late'), DelaySeconds: 901 },
    entry('zero', '\u0000'),
  ]);
  assert.deepEqual(
    (answer['Successful'] as { Id: string }[]).map(({ Id }) => Id),
    ['good'],
  );
  const failed = answer['Failed'] as Record<string, unknown>[];
  assert.deepEqual(
    failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
    [
      ['late', 'InvalidParameterValue', true],
      ['zero', 'InvalidMessageContents', true],
    ],
  );
});

test('an entry above the queue’s own limit fails alone', async () => {
  const { door, QueueUrl, done } = await sender();
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: { MaximumMessageSize: '1024' } });
  const answer = await done([entry('big', 'x'.repeat(1025))]);
  assert.deepEqual(answer, {
    Failed: [
      {
        Id: 'big',
        SenderFault: true,
        Code: 'InvalidParameterValue',
        Message:
          'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
      },
    ],
  });
});

test('a batch as a whole is refused when it is empty, too many, too long, or its ids are wrong', async () => {
  const { refused } = await sender();
  const many = Array.from({ length: 20 }, (_, at) => entry(`e${at}`));
  const cases: [object[] | undefined, string][] = [
    [
      undefined,
      'EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the request.',
    ],
    [[], 'EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the request.'],
    [many, 'TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 20.'],
    [[entry('a'), entry('a')], 'BatchEntryIdsNotDistinct: Id a repeated.'],
    [
      [entry('a', 'x'.repeat(1_048_576)), entry('b')],
      'BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    ],
  ];
  for (const [entries, expected] of cases) {
    assert.equal(await refused(entries), `AWS.SimpleQueueService.${expected}`);
  }
  for (const id of ['', 'a b', 'a.b', 'x'.repeat(81)]) {
    assert.match(await refused([entry(id)]), /InvalidBatchEntryId: A batch entry id can only contain/);
  }
  assert.match(
    await refused([{ MessageBody: 'x' }]),
    /^MissingParameter: .*SendMessageBatchRequestEntry\.1\.Id\.$/,
  );
  assert.match(
    await refused([{ Id: 'a' }]),
    /^MissingParameter: .*SendMessageBatchRequestEntry\.1\.MessageBody\.$/,
  );
});

test('an empty body is the failure of its entry alone', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  const Entries = [entry('full'), entry('empty', '')];
  const { Successful, Failed } = await door.done('SendMessageBatch', { QueueUrl, Entries });
  assert.deepEqual(
    (Successful as { Id: string }[]).map(({ Id }) => Id),
    ['full'],
  );
  const Message = 'The request must contain the parameter MessageBody.';
  assert.deepEqual(Failed, [{ Id: 'empty', SenderFault: true, Code: 'MissingParameter', Message }]);
});
