import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionRecursionConfigCommand,
  LambdaClient,
  PutFunctionRecursionConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from './crash/platform.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

/** Counts up by sending to its own queue, until forty; no SDK, and so no header with the trace. */
const HANDLER = `
import { createHash, createHmac } from 'node:crypto';
const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

async function send(queue, body) {
  const text = JSON.stringify({ QueueUrl: AWS_ENDPOINT_URL + '/000000000000/' + queue, MessageBody: body });
  const time = new Date().toISOString().replaceAll(/[-:]|\\.\\d+/g, '');
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    host: new URL(AWS_ENDPOINT_URL).host,
    'x-amz-date': time,
    'x-amz-security-token': AWS_SESSION_TOKEN,
    'x-amz-target': 'AmazonSQS.SendMessage',
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => name + ':' + value + '\\n').join('');
  const canonical = ['POST', '/', '', lines, names, sha256(text)].join('\\n');
  const scope = [time.slice(0, 8), AWS_REGION, 'sqs', 'aws4_request'];
  const key = scope.reduce(hmac, 'AWS4' + AWS_SECRET_ACCESS_KEY);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\\n'));
  const credential = AWS_ACCESS_KEY_ID + '/' + scope.join('/');
  headers.authorization = 'AWS4-HMAC-SHA256 Credential=' + credential + ', SignedHeaders=' + names +
    ', Signature=' + signature.toString('hex');
  const answer = await fetch(AWS_ENDPOINT_URL, { method: 'POST', headers, body: text });
  if (!answer.ok) throw new Error(await answer.text());
}

export const handler = async ({ Records }) => {
  for (const { body } of Records) {
    if (!process.env._X_AMZN_TRACE_ID?.includes('Lineage=')) throw new Error('no lineage');
    await send(body === '40' ? 'end' : 'loop', String(Number(body) + 1));
  }
};`;

test('a function that feeds its own queue is stopped after 16 rounds, and runs on once its owner allows it', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-loop-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  await using platform = await Platform.start({ dataDirectory: folder, port });
  const client = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${platform.port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const [lambda, sqs] = [new LambdaClient(client), new SQSClient(client)];
  context.after(() => [lambda, sqs].forEach((each) => each.destroy()));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${ARN}stopped`, maxReceiveCount: 3 });
  await sqs.send(new CreateQueueCommand({ QueueName: 'stopped' }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'end' }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'loop', Attributes: { RedrivePolicy } }));
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'looper', Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 20 },
      Role: 'arn:aws:iam::000000000000:role/any',
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: 'looper' });
  await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: 'looper', EventSourceArn: `${ARN}loop` }),
  );
  const url = (queue: string): string => `${client.endpoint}/000000000000/${queue}`;
  const first = async (queue: string) => {
    const query = { QueueUrl: url(queue), WaitTimeSeconds: 20, MessageAttributeNames: ['All'] };
    return (await sqs.send(new ReceiveMessageCommand(query))).Messages?.[0];
  };
  await sqs.send(new SendMessageCommand({ QueueUrl: url('loop'), MessageBody: '1' }));
  const stopped = await first('stopped');
  assert.equal(stopped?.Body, '17', 'sixteen invocations ran');
  assert.equal(stopped.MessageAttributes?.['ErrorType']?.StringValue, 'Millrace.RecursiveLoop');
  const rule = { FunctionName: 'looper', RecursiveLoop: 'Allow' as const };
  await lambda.send(new PutFunctionRecursionConfigCommand(rule));
  const kept = await lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName: 'looper' }));
  assert.equal(kept.RecursiveLoop, 'Allow');
  await sqs.send(new SendMessageCommand({ QueueUrl: url('loop'), MessageBody: '1' }));
  assert.equal((await first('end'))?.Body, '41');
});
