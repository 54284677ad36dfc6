import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS } from './fixture/actions.ts';
import { DoorUnderTest } from './fixture/door-under-test.ts';

const QUEUE_URL = 'http://localhost:4566/000000000000/q';
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('All', '__proto__', 'q', '3'),
);
const wild = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, fc.integer(), fc.double());
const names = [
  'DelaySeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'Policy',
  'SqsManagedSseEnabled',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
];
const policy = fc.oneof(
  text,
  fc.json(),
  fc.constant('{"maxReceiveCount":1,"deadLetterTargetArn":"arn:aws:sqs:::"}'),
);
const attribute = fc.record(
  {
    DataType: fc.oneof(fc.constantFrom('String', 'Number', 'Binary', 'String.x'), wild),
    StringValue: fc.oneof(text, wild),
    BinaryValue: fc.oneof(fc.base64String(), wild),
  },
  { requiredKeys: [] },
);
const attributes = fc.dictionary(text, fc.oneof(attribute, wild), { maxKeys: 4 });
const entry = fc.record(
  {
    Id: fc.oneof(fc.constantFrom('a', 'b', 'c'), wild),
    MessageBody: fc.oneof(text, wild),
    ReceiptHandle: fc.oneof(text, wild),
    VisibilityTimeout: fc.oneof(fc.integer({ min: -1, max: 43_201 }), wild),
    MessageAttributes: fc.oneof(attributes, wild),
  },
  { requiredKeys: [] },
);

/** Inputs that look like those of an action here and there, and are anything elsewhere. */
const input = fc.record(
  {
    QueueUrl: fc.oneof(
      { arbitrary: fc.constantFrom(QUEUE_URL, `${QUEUE_URL}.fifo`), weight: 5 },
      { arbitrary: wild, weight: 1 },
    ),
    QueueName: fc.oneof(text, wild),
    Attributes: fc.oneof(fc.dictionary(fc.oneof(fc.constantFrom(...names), text), policy), wild),
    AttributeNames: fc.oneof(fc.array(text), wild),
    MessageAttributeNames: fc.oneof(fc.array(text), wild),
    tags: fc.oneof(fc.dictionary(text, text), wild),
    Tags: fc.oneof(fc.dictionary(text, text), wild),
    SourceArn: fc.oneof(fc.constant('arn:aws:sqs:us-east-1:000000000000:q'), wild),
    DestinationArn: fc.oneof(fc.constant('arn:aws:sqs:us-east-1:000000000000:q'), wild),
    MaxNumberOfMessagesPerSecond: wild,
    TaskHandle: fc.oneof(
      fc.json().map((json) => Buffer.from(json).toString('base64')),
      wild,
    ),
    Label: fc.oneof(fc.constant('l'), wild),
    AWSAccountIds: fc.oneof(fc.constant(['111111111111']), fc.array(text), wild),
    Actions: fc.oneof(fc.constant(['SendMessage']), fc.array(text), wild),
    TagKeys: fc.oneof(fc.array(text), wild),
    MaxResults: wild,
    NextToken: wild,
    MessageBody: fc.oneof(text, wild),
    DelaySeconds: fc.oneof(fc.integer({ min: -1, max: 901 }), wild),
    MessageAttributes: fc.oneof(attributes, wild),
    MessageSystemAttributes: fc.oneof(attributes, wild),
    MessageGroupId: fc.oneof(fc.constant('g'), wild),
    MessageDeduplicationId: fc.oneof(fc.constant('d'), wild),
    ReceiveRequestAttemptId: fc.oneof(fc.constant('a'), wild),
    Entries: fc.oneof(fc.array(fc.oneof(entry, wild), { maxLength: 11 }), wild),
    ReceiptHandle: wild,
    VisibilityTimeout: fc.oneof(fc.integer(), wild),
    MaxNumberOfMessages: wild,
    WaitTimeSeconds: fc.oneof(fc.constant(0), fc.string()),
  },
  { requiredKeys: ['QueueUrl', 'WaitTimeSeconds'] },
);

async function isAnswered(door: DoorUnderTest, action: string, body: unknown): Promise<void> {
  const called = await door.call(action, body);
  if (called.status === 200) return;
  assert.ok(called.status >= 400 && called.status < 500, called.text);
  assert.match(
    String(called.output['__type']),
    /^com\.(amazonaws\.sqs#\w+|amazon\.coral\.service#\w+Exception)$/,
  );
  assert.equal(typeof called.output['message'], 'string');
  assert.match(called.headers['x-amzn-query-error'] ?? '', /^[\w.]+;Sender$/);
}

test('any members of any action are answered: done, or refused as the client’s error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ACTIONS), input, async (action, members) => {
      const door = await DoorUnderTest.open();
      await door.queue('q');
      await door.queue('q.fifo', { FifoQueue: 'true' });
      await isAnswered(door, action, members);
    }),
    { numRuns: 1500 },
  );
});

test('any bytes are answered', async () => {
  const door = await DoorUnderTest.open();
  const bodies = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.json(), fc.string({ unit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constantFrom(...ACTIONS), fc.string()), bodies, (action, body) =>
      isAnswered(door, action, body),
    ),
    { numRuns: 500 },
  );
});

test('what was accepted comes back as it was sent', async () => {
  const body = fc.string({ unit: 'grapheme', minLength: 1 });
  await fc.assert(
    fc.asyncProperty(body, fc.uint8Array({ minLength: 1 }), async (MessageBody, bytes) => {
      const door = await DoorUnderTest.open();
      const QueueUrl = await door.queue('q');
      const a = { DataType: 'Binary', BinaryValue: Buffer.from(bytes).toString('base64') };
      await door.done('SendMessage', { QueueUrl, MessageBody, MessageAttributes: { a } });
      const { Messages } = await door.done('ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'] });
      const [message] = Messages as Record<string, unknown>[];
      assert.equal(message?.['Body'], MessageBody);
      assert.deepEqual(message?.['MessageAttributes'], { a });
    }),
    { numRuns: 200 },
  );
});
