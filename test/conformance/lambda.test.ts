import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from '../crash/platform.ts';

/** The real program, and the AWS SDK for JavaScript in front of it. */
interface Running {
  readonly platform: Platform;
  readonly folder: string;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
}

const started = start();

async function start(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-conformance-'));
  const platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  const options = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${platform.port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return { platform, folder, lambda: new LambdaClient(options), sqs: new SQSClient(options) };
}

after(async () => {
  const { platform, folder, lambda, sqs } = await started;
  lambda.destroy();
  sqs.destroy();
  await platform[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Creates a function from one file and waits until it is active. */
async function createFunction(name: string, source: string): Promise<void> {
  const { lambda } = await started;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: 'arn:aws:iam::000000000000:role/any',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipped(source) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: name });
}

function zipped(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) });
}

/** The answer of a function as text, and the kind of its error. */
async function invoke(name: string, payload = '{}'): Promise<{ text: string; error?: string; log: string }> {
  const { lambda } = await started;
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: payload, LogType: 'Tail' }),
  );
  const text = answer.Payload?.transformToString() ?? '';
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  return { text, log, ...(answer.FunctionError === undefined ? {} : { error: answer.FunctionError }) };
}

async function createQueue(
  name: string,
  attributes: Record<string, string> = {},
): Promise<{ url: string; arn: string }> {
  const { sqs } = await started;
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  return { url, arn: `arn:aws:sqs:us-east-1:000000000000:${name}` };
}

test('a function is uploaded, invoked, changed, and answers with its new code', async () => {
  const { lambda } = await started;
  await createFunction('greeter', 'export const handler = async (event) => ({ hello: event.name });');
  const first = await invoke('greeter', '{"name":"you"}');
  assert.equal(first.text, '{"hello":"you"}');
  assert.match(first.log, /START RequestId: [\s\S]*END RequestId: [\s\S]*REPORT RequestId: /);
  const ZipFile = zipped('export const handler = async () => "changed";');
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'greeter', ZipFile }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: 'greeter' });
  assert.equal((await invoke('greeter')).text, '"changed"');
});

test('a handler that throws is told as AWS tells it', async () => {
  await createFunction('thrower', 'export const handler = async () => { throw new TypeError("no"); };');
  const { text, error } = await invoke('thrower');
  assert.equal(error, 'Unhandled');
  const { errorType, errorMessage } = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual([errorType, errorMessage], ['TypeError', 'no']);
});

test('messages of a queue reach its function; the one it reports as failed becomes a dead letter', async () => {
  const { lambda, sqs } = await started;
  const dead = await createQueue('dead-letters');
  const source = await createQueue('orders', {
    VisibilityTimeout: '3',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: '1' }),
  });
  await createFunction(
    'worker',
    `export const handler = async ({ Records }) => ({
      batchItemFailures: Records.filter((record) => record.body === 'bad')
        .map((record) => ({ itemIdentifier: record.messageId })),
    });`,
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'worker',
      EventSourceArn: source.arn,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  const bodies = ['good', 'bad', 'also good'];
  await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: source.url,
      Entries: bodies.map((MessageBody, n) => ({ Id: `${n}`, MessageBody })),
    }),
  );
  const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead.url, WaitTimeSeconds: 20 }));
  assert.deepEqual(
    received.Messages?.map((message) => message.Body),
    ['bad'],
  );
  const left = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: source.url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  assert.deepEqual(left.Attributes, {
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});
