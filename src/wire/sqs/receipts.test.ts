import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

async function received() {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  await door.done('SendMessage', { QueueUrl, MessageBody: 'x' });
  const { Messages } = await door.done('ReceiveMessage', { QueueUrl });
  const ReceiptHandle = (Messages as { ReceiptHandle: string }[])[0]?.ReceiptHandle ?? '';
  return { door, QueueUrl, ReceiptHandle };
}

test('a deleted message is gone, and deleting it again is a success', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle });
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle });
  const { Attributes } = await door.done('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
  assert.equal((Attributes as Record<string, string>)['ApproximateNumberOfMessagesNotVisible'], '0');
});

test('a receipt that is none is refused', async () => {
  const { door, QueueUrl } = await received();
  const text = 'ReceiptHandleIsInvalid: The input receipt handle "no" is not a valid receipt handle.';
  assert.equal(await door.refused('DeleteMessage', { QueueUrl, ReceiptHandle: 'no' }), text);
  const change = { QueueUrl, ReceiptHandle: 'no', VisibilityTimeout: 1 };
  assert.equal(await door.refused('ChangeMessageVisibility', change), text);
  assert.match(await door.refused('DeleteMessage', { QueueUrl }), /^MissingParameter: .*ReceiptHandle\.$/);
});

test('a batch of deletes fails entry by entry', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  const Entries = [
    { Id: 'a', ReceiptHandle },
    { Id: 'b', ReceiptHandle: 'no' },
  ];
  const answer = await door.done('DeleteMessageBatch', { QueueUrl, Entries });
  assert.deepEqual(answer['Successful'], [{ Id: 'a' }]);
  const [failed] = answer['Failed'] as Record<string, unknown>[];
  assert.deepEqual([failed?.['Id'], failed?.['Code']], ['b', 'ReceiptHandleIsInvalid']);
  assert.match(await door.refused('DeleteMessageBatch', { QueueUrl, Entries: [] }), /EmptyBatchRequest/);
});

test('visibility 0 shows a message again', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  await door.done('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  const { Messages } = await door.done('ReceiveMessage', { QueueUrl });
  assert.equal((Messages as unknown[]).length, 1);
});

test('a change of visibility needs its time, at most twelve hours, and a message that is still there', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  const change = (members: object) =>
    door.refused('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, ...members });
  assert.match(await change({}), /^MissingParameter: .*VisibilityTimeout\.$/);
  assert.match(await change({ VisibilityTimeout: 43_201 }), /^InvalidParameterValue: Value 43201 /);
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle });
  assert.match(
    await change({ VisibilityTimeout: 1 }),
    /^InvalidParameterValue: Value .* Reason: Message does not exist or is not available for visibility timeout change\.$/,
  );
});

test('a message of a standard queue that shows is left as it is by a change, with a success', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  door.clock.advance(30_000);
  await door.done('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 60 });
  const Entries = [{ Id: 'a', ReceiptHandle, VisibilityTimeout: 60 }];
  const answer = await door.done('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
  assert.deepEqual(answer, { Successful: [{ Id: 'a' }] });
  const { Messages } = await door.done('ReceiveMessage', { QueueUrl });
  assert.equal((Messages as unknown[]).length, 1);
});

test('an empty receipt is none, and in a batch it and a time left out are the failure of their entry', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  const text = 'ReceiptHandleIsInvalid: The input receipt handle "" is not a valid receipt handle.';
  const empty = { ReceiptHandle: '', VisibilityTimeout: 1 };
  assert.equal(await door.refused('DeleteMessage', { QueueUrl, ...empty }), text);
  assert.equal(await door.refused('ChangeMessageVisibility', { QueueUrl, ...empty }), text);
  const Entries = [
    { Id: 'empty', ...empty },
    { Id: 'timeless', ReceiptHandle },
    { Id: 'good', ReceiptHandle, VisibilityTimeout: 60 },
  ];
  const { Successful, Failed } = await door.done('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
  assert.deepEqual(Successful, [{ Id: 'good' }]);
  const failed = Failed as { Id: string; Code: string }[];
  assert.deepEqual(
    new Set(failed.map(({ Id, Code }) => `${Id} ${Code}`)),
    new Set(['empty ReceiptHandleIsInvalid', 'timeless InvalidParameterValue']),
  );
  assert.match(
    await door.refused('ChangeMessageVisibilityBatch', {
      QueueUrl,
      Entries: [{ Id: 'a', VisibilityTimeout: 1 }],
    }),
    /^MissingParameter: .* ChangeMessageVisibilityBatchRequestEntry\.1\.ReceiptHandle\.$/,
  );
});

test('a batch of changes fails entry by entry', async () => {
  const { door, QueueUrl, ReceiptHandle } = await received();
  const Entries = [
    { Id: 'long', ReceiptHandle, VisibilityTimeout: 43_201 },
    { Id: 'good', ReceiptHandle, VisibilityTimeout: 60 },
    { Id: 'none', ReceiptHandle: 'no', VisibilityTimeout: 60 },
  ];
  const answer = await door.done('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
  assert.deepEqual(answer['Successful'], [{ Id: 'good' }]);
  const failed = answer['Failed'] as { Id: string; Code: string }[];
  assert.deepEqual(
    failed.map(({ Id, Code }) => `${Id} ${Code}`),
    ['long InvalidParameterValue', 'none ReceiptHandleIsInvalid'],
  );
});
