import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS } from './fixture/actions.ts';
import { elementsNamed, readXml } from './fixture/read-xml.ts';
import { QueryClient, type Form, type Manner } from './fixture/query-client.ts';

const QUEUE_URL = 'http://localhost:4566/000000000000/q';

const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('All', '__proto__', 'q', '3', '-1', '', 'String', 'Binary', 'AAAA', QUEUE_URL, '{}'),
  fc.integer().map(String),
  fc.json(),
);

/** Names of parameters: those of actions, and everything that can be made of their parts. */
const scalar = fc.constantFrom(
  ...['QueueUrl', 'QueueName', 'MessageBody', 'DelaySeconds', 'ReceiptHandle', 'VisibilityTimeout'],
  ...[
    'MaxNumberOfMessages',
    'MaxResults',
    'NextToken',
    'Label',
    'MessageGroupId',
    'SourceArn',
    'TaskHandle',
    'MessageDeduplicationId',
    'ReceiveRequestAttemptId',
  ],
);
const numbered = fc.constantFrom(
  ...[
    'Attribute',
    'AttributeName',
    'Tag',
    'TagKey',
    'MessageAttribute',
    'MessageAttributeName',
    'ActionName',
  ],
  ...[
    'AWSAccountId',
    'MessageSystemAttribute',
    'SendMessageBatchRequestEntry',
    'DeleteMessageBatchRequestEntry',
  ],
);
const number = fc.constantFrom('1', '2', '10', '0', '01', '-1', 'x', 'member.1', 'entry.1', '');
const part = fc.constantFrom(
  ...['Name', 'Value', 'Key', 'Id', 'MessageBody', 'ReceiptHandle', 'Value.DataType', 'Value.StringValue'],
  ...['Value.BinaryValue', 'MessageAttribute.1.Name', 'MessageAttribute.1.Value.DataType', ''],
);
const name = fc.oneof(
  scalar,
  fc.tuple(numbered, number, part).map((parts) => parts.filter((text) => text !== '').join('.')),
  wild,
);
const queues = fc.constantFrom(QUEUE_URL, `${QUEUE_URL}.fifo`);
const parameters = fc.array(fc.tuple(name, wild), { maxLength: 12 });

const manner: fc.Arbitrary<Manner> = fc.record(
  {
    method: fc.constantFrom('GET', 'POST'),
    path: fc.constantFrom('/', '/000000000000/q', '/000000000000/%ff'),
  },
  { requiredKeys: [] },
);

async function isAnswered(client: QueryClient, form: Form, how: Manner): Promise<void> {
  const { status, xml } = await client.send(form, how);
  const root = readXml(xml);
  if (status === 404 && root.name === 'UnknownOperationException') return;
  assert.equal(elementsNamed(root, 'RequestId').length, 1, xml);
  if (status === 200) {
    assert.match(root.name, /^\w+Response$/);
    return;
  }
  assert.ok(status >= 400 && status < 500, xml);
  assert.equal(root.name, 'ErrorResponse');
  assert.match(elementsNamed(root, 'Code')[0]?.text ?? '', /^[\w.]+$/);
  assert.equal(elementsNamed(root, 'Type')[0]?.text, 'Sender');
}

test('any parameters of any action are answered in XML: done, or refused as the client’s error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ACTIONS),
      queues,
      parameters,
      manner,
      async (action, queue, pairs, how) => {
        const client = await QueryClient.open();
        await client.call('CreateQueue', { QueueName: 'q' });
        const fifo = { 'Attribute.1.Name': 'FifoQueue', 'Attribute.1.Value': 'true' };
        await client.call('CreateQueue', { QueueName: 'q.fifo', ...fifo });
        const form = new URLSearchParams([['QueueUrl', queue], ...pairs, ['Action', action]]);
        await isAnswered(client, form.toString(), how);
      },
    ),
    { numRuns: 1500 },
  );
});

test('any text is answered in XML', async () => {
  const client = await QueryClient.open();
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^([&=%+.]|Action|SendMessage|[0-9a-f]){0,40}$/),
  );
  await fc.assert(
    fc.asyncProperty(text, manner, (form, how) => isAnswered(client, form, how)),
    { numRuns: 1000 },
  );
});

test('any bytes are answered in XML', async () => {
  const client = await QueryClient.open();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      const { status, xml } = await client.sendBytes(Buffer.from(bytes));
      readXml(xml);
      assert.ok(status >= 400 && status < 500, xml);
    }),
    { numRuns: 500 },
  );
});

test('what was accepted comes back as it was sent, through XML', async () => {
  const accepted = fc
    .string({
      unit: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 1 }), fc.constantFrom('\r', '\n', '&', ']]>')),
    })
    .filter((text) => text.length > 0);
  await fc.assert(
    fc.asyncProperty(accepted, fc.uint8Array({ minLength: 1 }), async (MessageBody, bytes) => {
      const client = await QueryClient.open();
      await client.call('CreateQueue', { QueueName: 'q' });
      const BinaryValue = Buffer.from(bytes).toString('base64');
      const attribute = (
        n: number,
        named: string,
        DataType: string,
        value: Readonly<Record<string, string>>,
      ) => ({
        [`MessageAttribute.${n}.Name`]: named,
        [`MessageAttribute.${n}.Value.DataType`]: DataType,
        ...Object.fromEntries(
          Object.entries(value).map(([key, text]) => [`MessageAttribute.${n}.Value.${key}`, text]),
        ),
      });
      const sent = await client.call('SendMessage', {
        ...{ QueueUrl: QUEUE_URL, MessageBody },
        ...attribute(1, 'b', 'Binary', { BinaryValue }),
        ...attribute(2, 't', 'String', { StringValue: MessageBody }),
      });
      assert.match(sent, /<MessageId>/);
      const all = { 'MessageAttributeName.1': 'All' };
      const received = readXml(await client.call('ReceiveMessage', { QueueUrl: QUEUE_URL, ...all }));
      const textOf = (element: string) => elementsNamed(received, element)[0]?.text;
      assert.equal(textOf('Body'), MessageBody);
      assert.equal(textOf('StringValue'), MessageBody);
      assert.equal(textOf('BinaryValue'), BinaryValue);
    }),
    { numRuns: 200 },
  );
});
