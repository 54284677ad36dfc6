import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from './platform.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

/** Takes its time, and reports the messages that say so as failed. */
const HANDLER = `export const handler = async ({ Records }) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const failed = Records.filter((record) => record.body === 'bad');
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
};`;

test('killed while functions run, the platform goes on with function, mapping and every message', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-dispatch-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const client = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const lambda = new LambdaClient(client);
  const sqs = new SQSClient(client);
  const first = await Platform.start({ dataDirectory: folder, port });
  context.after(() => first.kill());
  const { uuid, source, dead } = await prepare(lambda, sqs);
  for (let sent = 0; sent < 5; sent += 1) {
    const bodies = Array.from({ length: 10 }, (_, n) => (sent === 4 && n === 9 ? 'bad' : `good ${n}`));
    const Entries = bodies.map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: source, Entries }));
  }
  // Pushed as they arrived, the first are in the function at this moment.
  await first.kill();
  await using second = await Platform.start({ dataDirectory: folder, port });
  assert.equal(second.port, port);
  const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead, WaitTimeSeconds: 20 }));
  assert.deepEqual(
    received.Messages?.map((message) => message.Body),
    ['bad'],
  );
  const left = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: source,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  assert.deepEqual(Object.values(left.Attributes ?? {}), ['0', '0']);
  const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
  assert.equal(mapping.State, 'Enabled');
  sqs.destroy();
  lambda.destroy();
});

async function prepare(
  lambda: LambdaClient,
  sqs: SQSClient,
): Promise<{ uuid: string; source: string; dead: string }> {
  const { QueueUrl: dead = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  const redrive = JSON.stringify({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: '2' });
  const { QueueUrl: source = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'source',
      Attributes: { VisibilityTimeout: '3', RedrivePolicy: redrive },
    }),
  );
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'slow',
      Role: 'arn:aws:iam::000000000000:role/any',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 3,
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: 'slow' });
  const created = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'slow',
      EventSourceArn: `${ARN}source`,
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
    }),
  );
  return { uuid: created.UUID ?? '', source, dead };
}
