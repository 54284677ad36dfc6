import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { LambdaPlatform } from './crash/lambda-platform.ts';

/** Answers with the very bytes that it is asked for: what JavaScript would not write as JSON, a stream of bytes may say. */
const HANDLER = `
const deep = (count) => '['.repeat(count) + ']'.repeat(count);
const ANSWERS = {
  text: 'this is not JSON',
  cut: '{"batchItemFailures":[',
  bytes: Buffer.from([34, 255, 254, 34]),
  deep: deep(500_000),
  'deep-list': '{"batchItemFailures":' + deep(300_000) + '}',
  large: '"' + 'x'.repeat(7_000_000) + '"',
  foreign: '{"batchItemFailures":[{"itemIdentifier":"00000000-0000-4000-8000-000000000000"}]}',
  nobody: '{"batchItemFailures":[{"itemIdentifier":null}]}',
  many: JSON.stringify({ batchItemFailures: Array.from({ length: 50_000 }, (_, n) => ({ itemIdentifier: 'm' + n })) }),
  nothing: '',
  big: '{"batchItemFailures":[],"more":"' + 'x'.repeat(6_000_000) + '"}',
  prototype: '{"__proto__":{"batchItemFailures":[{"itemIdentifier":"x"}]},"constructor":1}',
};
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.end(ANSWERS[event.Records?.[0].body ?? event.kind]);
});`;

const FAILED = ['text', 'cut', 'bytes', 'deep', 'deep-list', 'large', 'foreign', 'nobody', 'many'];
const DONE = ['nothing', 'big', 'prototype'];
const ARN = 'arn:aws:sqs:us-east-1:000000000000:';
const FunctionName = 'answers';

const platform = await LambdaPlatform.startAlone('answers');
const { lambda, sqs } = platform;
after(() => platform[Symbol.asyncDispose]());
const url = (queue: string): string => `${platform.endpoint}/000000000000/${queue}`;

await lambda.send(
  new CreateFunctionCommand({
    ...{ FunctionName, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x', Timeout: 20 },
    ...{ Handler: 'index.handler', Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) } },
  }),
);
await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });

/** Takes messages from a queue until so many have come. */
async function taken(queue: string, count: number): Promise<readonly string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) {
    const asked = { QueueUrl: url(queue), WaitTimeSeconds: 20, MaxNumberOfMessages: 1 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url(queue), ReceiptHandle }));
    }
  }
  return bodies;
}

test('answers that are no JSON, are cut, huge or deep, or name what was not in the batch fail their messages, and nothing else', async () => {
  await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: '1' });
  const Attributes = { VisibilityTimeout: '60', RedrivePolicy };
  await sqs.send(new CreateQueueCommand({ QueueName: 'asked', Attributes }));
  await lambda.send(
    new CreateEventSourceMappingCommand({
      ...{ FunctionName, EventSourceArn: `${ARN}asked`, BatchSize: 1 },
      ...{ FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 2 } },
    }),
  );
  const kinds = [...DONE, ...FAILED];
  for (const half of [kinds.slice(0, 6), kinds.slice(6)]) {
    const Entries = half.map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: url('asked'), Entries }));
  }
  const dead = await taken('dead', FAILED.length);
  assert.deepEqual(dead.toSorted(), FAILED.toSorted());
});

test('a destination is told of such an answer in JSON, as a text where it was none', async () => {
  await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      ...{ FunctionName, MaximumRetryAttempts: 0 },
      DestinationConfig: { OnSuccess: { Destination: `${ARN}told` } },
    }),
  );
  for (const [kind, told] of [
    ['text', 'this is not JSON'],
    ['cut', '{"batchItemFailures":['],
    ['nothing', ''],
    ['nobody', { batchItemFailures: [{ itemIdentifier: null }] }],
  ] as const) {
    const Payload = JSON.stringify({ kind });
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    const [record = ''] = await taken('told', 1);
    const { responsePayload } = JSON.parse(record) as { responsePayload: unknown };
    assert.deepEqual(responsePayload, told);
  }
});
