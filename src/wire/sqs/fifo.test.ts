import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

type Attributes = Readonly<Record<string, string>>;

function fifo(door: DoorUnderTest, name = 'q.fifo', more: Attributes = {}): Promise<string> {
  return door.queue(name, { FifoQueue: 'true', ...more });
}

function send(door: DoorUnderTest, QueueUrl: string, MessageGroupId: string, body: string, more = {}) {
  const ids = { MessageGroupId, MessageDeduplicationId: body };
  return door.done('SendMessage', { QueueUrl, MessageBody: body, ...ids, ...more });
}

async function receive(door: DoorUnderTest, QueueUrl: string, more = {}): Promise<readonly Received[]> {
  const query = { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All'], ...more };
  return ((await door.done('ReceiveMessage', query))['Messages'] ?? []) as readonly Received[];
}

function bodies(received: readonly Received[]): string[] {
  return received.map(({ Body }) => Body);
}

test('a FIFO queue has four attributes more, and they can be set', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  const asked = { QueueUrl, AttributeNames: ['All'] };
  const all = (await door.done('GetQueueAttributes', asked))['Attributes'] as Attributes;
  assert.equal(Object.keys(all).length, 16);
  const own = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];
  assert.deepEqual(
    own.map((name) => all[name]),
    ['true', 'false', 'queue', 'perQueue'],
  );
  const set = {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  };
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: set });
  assert.deepEqual(
    (await door.done('GetQueueAttributes', { QueueUrl, AttributeNames: own }))['Attributes'],
    set,
  );
  assert.equal(await fifo(door), QueueUrl);
  assert.equal(
    await door.refused('CreateQueue', {
      QueueName: 'q.fifo',
      Attributes: { FifoQueue: 'true', DeduplicationScope: 'queue' },
    }),
    'QueueAlreadyExists: A queue already exists with the same name and a different value for attribute DeduplicationScope',
  );
});

test('attributes of FIFO queues are refused where they do not belong', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  const standard = await door.queue('s');
  const refused = (url: string, attributes: Attributes): Promise<string> =>
    door.refused('SetQueueAttributes', { QueueUrl: url, Attributes: attributes });
  assert.equal(
    await refused(QueueUrl, { FifoQueue: 'false' }),
    'InvalidAttributeValue: Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
  );
  assert.equal(
    await refused(standard, { DeduplicationScope: 'queue' }),
    'InvalidAttributeName: You can specify the DeduplicationScope only when FifoQueue is set to true.',
  );
  assert.equal(
    await refused(standard, { ContentBasedDeduplication: 'true' }),
    'InvalidAttributeName: Unknown Attribute ContentBasedDeduplication.',
  );
  for (const [name, value] of [
    ['DeduplicationScope', 'group'],
    ['ContentBasedDeduplication', 'yes'],
    ['FifoThroughputLimit', 'toString'],
  ] as const) {
    assert.equal(
      await refused(QueueUrl, { [name]: value }),
      `InvalidAttributeValue: Invalid value for the parameter ${name}.`,
    );
  }
  assert.match(
    await refused(QueueUrl, { FifoThroughputLimit: 'perMessageGroupId' }),
    /FifoThroughputLimit. Reason/,
  );
});

test('a group comes in order, several of it in one receive, and what stands behind these waits until all are settled', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  for (const body of ['a1', 'a2', 'b1', 'a3']) await send(door, QueueUrl, body.charAt(0), body);
  const first = await receive(door, QueueUrl, { MaxNumberOfMessages: 2 });
  assert.deepEqual(bodies(first), ['a1', 'a2']);
  assert.deepEqual(bodies(await receive(door, QueueUrl)), ['b1']);
  const [a1, a2] = first;
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle: a1?.ReceiptHandle });
  assert.deepEqual(await receive(door, QueueUrl), []);
  await door.done('ChangeMessageVisibility', {
    QueueUrl,
    ReceiptHandle: a2?.ReceiptHandle,
    VisibilityTimeout: 0,
  });
  assert.deepEqual(bodies(await receive(door, QueueUrl)), ['a2', 'a3']);
});

test('a message that was given back comes again although a later one of its group is still out', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  for (const body of ['a1', 'a2', 'a3']) await send(door, QueueUrl, 'a', body);
  const [a1, a2] = await receive(door, QueueUrl, { MaxNumberOfMessages: 2 });
  const back = { QueueUrl, ReceiptHandle: a1?.ReceiptHandle, VisibilityTimeout: 0 };
  await door.done('ChangeMessageVisibility', back);
  assert.deepEqual(bodies(await receive(door, QueueUrl)), ['a1']);
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle: a2?.ReceiptHandle });
  assert.deepEqual(await receive(door, QueueUrl), []);
});

test('a waiting receive gets what a delete has opened', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  await send(door, QueueUrl, 'a', 'one');
  await send(door, QueueUrl, 'a', 'two');
  const [one] = await receive(door, QueueUrl, { MaxNumberOfMessages: 1 });
  const waiting = receive(door, QueueUrl, { WaitTimeSeconds: 20 });
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle: one?.ReceiptHandle });
  assert.deepEqual(bodies(await waiting), ['two']);
});

test('a duplicate gets the answer of its original, for five minutes from the first, deleted or not', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  const first = await send(door, QueueUrl, 'a', 'same');
  assert.match(String(first['SequenceNumber']), /^\d{20}$/);
  const [only] = await receive(door, QueueUrl);
  assert.equal(only?.MessageId, first['MessageId']);
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle: only?.ReceiptHandle });
  door.clock.advance(299_999);
  assert.deepEqual(await send(door, QueueUrl, 'b', 'same'), first);
  assert.deepEqual(await receive(door, QueueUrl), []);
  door.clock.advance(1);
  const later = await send(door, QueueUrl, 'b', 'same');
  assert.notEqual(later['MessageId'], first['MessageId']);
  assert.ok(String(later['SequenceNumber']) > String(first['SequenceNumber']));
  const [again] = await receive(door, QueueUrl);
  const { MessageGroupId, MessageDeduplicationId, SequenceNumber } = again?.Attributes ?? {};
  assert.deepEqual([MessageGroupId, MessageDeduplicationId], ['b', 'same']);
  assert.equal(SequenceNumber, later['SequenceNumber']);
});

test('duplicates inside one batch are known, each entry gets its answer', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door, 'c.fifo', { ContentBasedDeduplication: 'true' });
  const Entries = ['x', 'y', 'x'].map((body, index) => ({
    ...{ Id: String(index), MessageBody: body, MessageGroupId: 'g' },
  }));
  const { Successful } = await door.done('SendMessageBatch', { QueueUrl, Entries });
  const ids = (Successful as readonly { readonly MessageId: string }[]).map(({ MessageId }) => MessageId);
  assert.equal(ids[0], ids[2]);
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(bodies(await receive(door, QueueUrl)), ['x', 'y']);
});

test('with the scope of a message group the same id in another group is another message', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door, 's.fifo', { DeduplicationScope: 'messageGroup' });
  const first = await send(door, QueueUrl, 'a', 'same');
  assert.deepEqual(await send(door, QueueUrl, 'a', 'same'), first);
  assert.notDeepEqual(await send(door, QueueUrl, 'b', 'same'), first);
});

test('what a message to a FIFO queue lacks or must not have is refused', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  const refused = (more: object): Promise<string> =>
    door.refused('SendMessage', { QueueUrl, MessageBody: 'x', ...more });
  assert.equal(await refused({}), 'MissingParameter: The request must contain the parameter MessageGroupId.');
  assert.equal(
    await refused({ MessageGroupId: 'g' }),
    'InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
  assert.match(
    await refused({ MessageGroupId: 'g g', MessageDeduplicationId: 'd' }),
    /^InvalidParameterValue: Value g g for parameter MessageGroupId is invalid. Reason: MessageGroupId can only/,
  );
  assert.match(
    await refused({ MessageGroupId: 'g', MessageDeduplicationId: 'x'.repeat(129) }),
    /for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only/,
  );
  assert.equal(
    await refused({ MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 2 }),
    'InvalidParameterValue: Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
  );
  const Entries = [{ Id: 'a', MessageBody: 'x', MessageDeduplicationId: 'd' }];
  assert.equal(
    await door.refused('SendMessageBatch', { QueueUrl, Entries }),
    'InvalidParameterValue: The request must contain the parameter MessageGroupId.',
  );
  const good = { Id: 'good', MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  for (const MessageDeduplicationId of [undefined, '']) {
    const batch = [good, { Id: 'a', MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId }];
    assert.match(
      await door.refused('SendMessageBatch', { QueueUrl, Entries: batch }),
      /^InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled/,
    );
  }
  assert.deepEqual(await receive(door, QueueUrl), []);
});

test('a receipt of a FIFO queue is dead after its lease; deleting again is a success', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  await send(door, QueueUrl, 'a', 'one');
  const [first] = await receive(door, QueueUrl, { VisibilityTimeout: 5 });
  const expired = `InvalidParameterValue: Value ${first?.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`;
  door.clock.advance(5000);
  const late = { QueueUrl, ReceiptHandle: first?.ReceiptHandle };
  assert.equal(await door.refused('DeleteMessage', late), expired);
  assert.equal(await door.refused('ChangeMessageVisibility', { ...late, VisibilityTimeout: 9 }), expired);
  const [second] = await receive(door, QueueUrl);
  assert.equal(await door.refused('DeleteMessage', late), expired);
  const good = { QueueUrl, ReceiptHandle: second?.ReceiptHandle };
  await door.done('DeleteMessage', good);
  await door.done('DeleteMessage', good);
});

test('a receive tried again under its id brings the same again, receipts and all, while nothing of it has changed', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door);
  for (const body of ['1', '2', '3']) await send(door, QueueUrl, 'a', body);
  const attempt = { ReceiveRequestAttemptId: 'once', MaxNumberOfMessages: 2 };
  const first = await receive(door, QueueUrl, attempt);
  door.clock.advance(20_000);
  assert.deepEqual(await receive(door, QueueUrl, attempt), first);
  door.clock.advance(29_000);
  assert.deepEqual(await receive(door, QueueUrl, { ReceiveRequestAttemptId: 'other' }), []);
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle: first[0]?.ReceiptHandle });
  assert.deepEqual(await receive(door, QueueUrl, attempt), []);
  assert.match(
    await door.refused('ReceiveMessage', { QueueUrl: await door.queue('s'), ...attempt }),
    /ReceiveRequestAttemptId is invalid/,
  );
});

test('the delay is the queue’s alone, and a change of it counts for what was sent before', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await fifo(door, 'd.fifo', { DelaySeconds: '10' });
  await send(door, QueueUrl, 'a', 'one', { DelaySeconds: 0 });
  assert.deepEqual(await receive(door, QueueUrl), []);
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '3' } });
  door.clock.advance(3000);
  assert.deepEqual(bodies(await receive(door, QueueUrl)), ['one']);
});

test('a dead letter opens its group, keeps its id, and its deduplication id becomes that id', async () => {
  const door = await DoorUnderTest.open();
  const dead = await fifo(door, 'dead.fifo');
  const arn = 'arn:aws:sqs:us-east-1:000000000000:dead.fifo';
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
  const QueueUrl = await fifo(door, 'q.fifo', { RedrivePolicy, VisibilityTimeout: '1' });
  const { MessageId } = await send(door, QueueUrl, 'a', 'bad');
  await receive(door, QueueUrl);
  await send(door, QueueUrl, 'a', 'good');
  door.clock.advance(1000);
  assert.deepEqual(bodies(await receive(door, QueueUrl)), ['good']);
  const [letter] = await receive(door, dead);
  assert.deepEqual([letter?.Body, letter?.MessageId], ['bad', MessageId]);
  assert.equal(letter?.Attributes?.['MessageDeduplicationId'], MessageId);
  assert.equal(letter?.Attributes?.['MessageGroupId'], 'a');
  const standard = await door.queue('s');
  assert.match(
    await door.refused('SetQueueAttributes', { QueueUrl: standard, Attributes: { RedrivePolicy } }),
    /must be same type of queue/,
  );
});
