import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DoorUnderTest } from './fixture/door-under-test.ts';

type Message = Readonly<Record<string, unknown>>;

const ATTRIBUTES = {
  'foo.one': { StringValue: '1', DataType: 'Number' },
  'foo.two': { StringValue: 'two', DataType: 'String' },
  bar: { BinaryValue: 'AAEC', DataType: 'Binary' },
};

async function receiver(sent: object = {}) {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  await door.done('SendMessage', { QueueUrl, MessageBody: 'body', ...sent });
  const receive = async (members: object): Promise<Message> => {
    const { Messages } = await door.done('ReceiveMessage', { QueueUrl, VisibilityTimeout: 0, ...members });
    const [message] = Messages as Message[];
    assert.ok(message);
    return message;
  };
  return { door, QueueUrl, receive };
}

test('a message comes with id, receipt, digest and body, and nothing that was not asked for', async () => {
  const { receive } = await receiver({ MessageAttributes: ATTRIBUTES });
  const message = await receive({});
  assert.deepEqual(Object.keys(message), ['MessageId', 'ReceiptHandle', 'MD5OfBody', 'Body']);
  assert.equal(message['MD5OfBody'], '841a2d689ad86bd1611447453c22c6fc');
});

test('an empty queue answers no list of messages', async () => {
  const door = await DoorUnderTest.open();
  assert.deepEqual(await door.done('ReceiveMessage', { QueueUrl: await door.queue() }), {});
});

test('attributes come by name, by prefix, or all, with the digest of those that came', async () => {
  const { receive } = await receiver({ MessageAttributes: ATTRIBUTES });
  const names = async (MessageAttributeNames: string[]) =>
    Object.keys((await receive({ MessageAttributeNames }))['MessageAttributes'] ?? {});
  assert.deepEqual(await names(['bar']), ['bar']);
  assert.deepEqual(await names(['foo.*']), ['foo.one', 'foo.two']);
  assert.deepEqual(await names(['fo.*']), ['foo.one', 'foo.two']);
  assert.deepEqual(await names(['other', 'fo', 'foo*']), []);
  const all = await receive({ MessageAttributeNames: ['All'] });
  assert.deepEqual(all['MessageAttributes'], ATTRIBUTES);
  const wildcard = await receive({ MessageAttributeNames: ['.*'] });
  assert.equal(all['MD5OfMessageAttributes'], wildcard['MD5OfMessageAttributes']);
  assert.equal((await names(['*'])).length, Object.keys(ATTRIBUTES).length);
  const one = await receive({ MessageAttributeNames: ['bar'] });
  assert.notEqual(one['MD5OfMessageAttributes'], all['MD5OfMessageAttributes']);
});

test('system attributes come by name or all, by the older and the newer member, as whole milliseconds', async () => {
  const trace = { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } };
  const { receive } = await receiver({ MessageSystemAttributes: trace, MessageGroupId: 'g' });
  const all = await receive({ MessageSystemAttributeNames: ['All'] });
  assert.deepEqual(all['Attributes'], {
    SenderId: 'AKID',
    SentTimestamp: '1700000000000',
    ApproximateReceiveCount: '1',
    ApproximateFirstReceiveTimestamp: '1700000000000',
    MessageGroupId: 'g',
    AWSTraceHeader: 'Root=1',
  });
  const older = await receive({ AttributeNames: ['ApproximateReceiveCount'] });
  assert.deepEqual(older['Attributes'], { ApproximateReceiveCount: '2' });
});

test('names that no system attribute has are passed over, also beside all', async () => {
  const { receive } = await receiver();
  for (const name of ['toString', 'senderId', 'All ', '', 'SqsManagedSseEnabled']) {
    assert.equal('Attributes' in (await receive({ AttributeNames: [name] })), false, name);
    const { Attributes } = await receive({ MessageSystemAttributeNames: [name, 'ApproximateReceiveCount'] });
    assert.deepEqual(Object.keys(Attributes ?? {}), ['ApproximateReceiveCount'], name);
    const all = await receive({ AttributeNames: ['All', name] });
    assert.ok(Object.keys(all.Attributes ?? {}).includes('SenderId'), name);
  }
});

test('what a message does not have is left out', async () => {
  const { receive } = await receiver();
  const none = await receive({ AttributeNames: ['VisibilityTimeout', 'AWSTraceHeader'] });
  assert.equal('Attributes' in none, false);
  const sse = await receive({
    MessageSystemAttributeNames: ['SqsManagedSseEnabled', 'ApproximateReceiveCount'],
  });
  assert.deepEqual(Object.keys(sse.Attributes ?? {}), ['ApproximateReceiveCount']);
  const both = await receive({ AttributeNames: ['QueueArn', 'SenderId'] });
  assert.deepEqual(both['Attributes'], { SenderId: 'AKID' });
});

test('values out of range are refused with the texts of AWS', async () => {
  const { door, QueueUrl } = await receiver();
  const cases: [object, string][] = [
    [
      { MaxNumberOfMessages: 11 },
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [
      { MaxNumberOfMessages: 0 },
      'Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [
      { WaitTimeSeconds: 21 },
      'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    ],
    [
      { VisibilityTimeout: 43_201 },
      'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.',
    ],
  ];
  for (const [members, expected] of cases) {
    assert.equal(
      await door.refused('ReceiveMessage', { QueueUrl, ...members }),
      `InvalidParameterValue: ${expected}`,
    );
  }
  assert.match(
    await door.refused('ReceiveMessage', { QueueUrl, ReceiveRequestAttemptId: 'a' }),
    /not valid for this queue type/,
  );
});

test('a long poll is answered when a message comes', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  const polled = door.done('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  await door.done('SendMessage', { QueueUrl, MessageBody: 'late' });
  const { Messages } = await polled;
  assert.equal((Messages as { Body: string }[])[0]?.Body, 'late');
});

test('a long poll ends when its client hangs up, and takes nothing with it', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue('q', { ReceiveMessageWaitTimeSeconds: '20' });
  const polled = door.done('ReceiveMessage', { QueueUrl });
  door.hungUp.abort();
  assert.deepEqual(await polled, {});
  await door.done('SendMessage', { QueueUrl, MessageBody: 'x' });
  const names = ['ApproximateReceiveCount'];
  const { Messages } = await door.done('ReceiveMessage', {
    QueueUrl,
    WaitTimeSeconds: 0,
    AttributeNames: names,
  });
  assert.deepEqual((Messages as Message[])[0]?.['Attributes'], { ApproximateReceiveCount: '1' });
});

test('a long poll ends with nothing when its time is over', async () => {
  const door = await DoorUnderTest.open();
  const polled = door.done('ReceiveMessage', { QueueUrl: await door.queue(), WaitTimeSeconds: 20 });
  while (door.clock.nextDueMs() === undefined) await nextTurn();
  door.clock.advance(20_000);
  assert.deepEqual(await polled, {});
});

test('a dead letter tells where it came from', async () => {
  const door = await DoorUnderTest.open();
  const dead = await door.queue('dead');
  const RedrivePolicy =
    '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}';
  const QueueUrl = await door.queue('source', { RedrivePolicy });
  await door.done('SendMessage', { QueueUrl, MessageBody: 'x' });
  const receive = { QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 0 };
  await door.done('ReceiveMessage', receive);
  assert.deepEqual(await door.done('ReceiveMessage', receive), {});
  const names = ['DeadLetterQueueSourceArn', 'ApproximateReceiveCount'];
  const { Messages } = await door.done('ReceiveMessage', { QueueUrl: dead, AttributeNames: names });
  assert.deepEqual((Messages as Message[])[0]?.['Attributes'], {
    DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:000000000000:source',
    ApproximateReceiveCount: '2',
  });
});
