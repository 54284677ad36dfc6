import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  ListFunctionEventInvokeConfigsCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { LambdaPlatform } from '../crash/lambda-platform.ts';

const platform = await LambdaPlatform.startAlone('async');
const { lambda, sqs } = platform;
after(() => platform[Symbol.asyncDispose]());

const FunctionName = 'asked';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:';

test('a failed event reaches destination and dead-letter queue, an answered one its destination', async () => {
  const source = `export const handler = async ({ fail }) => { if (fail) throw new RangeError('too far'); return { fine: 1 }; };`;
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' },
      ...{ Handler: 'index.handler', Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) } },
      DeadLetterConfig: { TargetArn: `${QUEUE_ARN}letters` },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  const urls: Record<string, string | undefined> = {};
  for (const QueueName of ['letters', 'failed', 'fine'])
    urls[QueueName] = (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl;
  const put = await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      ...{ FunctionName, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 600 },
      DestinationConfig: {
        OnSuccess: { Destination: `${QUEUE_ARN}fine` },
        OnFailure: { Destination: `${QUEUE_ARN}failed` },
      },
    }),
  );
  assert.equal(put.FunctionArn, 'arn:aws:lambda:us-east-1:000000000000:function:asked:$LATEST');
  assert.ok(put.LastModified instanceof Date);
  for (const Payload of ['{"fail":true}', '{"fail":false}'])
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
  const failed = await next(urls['failed']);
  assert.equal(failed.requestContext.condition, 'RetriesExhausted');
  assert.deepEqual(failed.requestPayload, { fail: true });
  assert.equal(failed.responsePayload.errorType, 'RangeError');
  const fine = await next(urls['fine']);
  assert.equal(fine.requestContext.condition, 'Success');
  assert.deepEqual(fine.responsePayload, { fine: 1 });
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: urls['letters'],
      WaitTimeSeconds: 20,
      MessageAttributeNames: ['All'],
    }),
  );
  assert.equal(Messages?.[0]?.Body, '{"fail":true}');
  assert.equal(Messages[0].MessageAttributes?.['ErrorMessage']?.StringValue, 'too far');
});

test('the rules are read, changed, listed and deleted, and refused in a sentence', async () => {
  const updated = await lambda.send(
    new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1 }),
  );
  assert.equal(updated.MaximumEventAgeInSeconds, 600);
  const got = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
  assert.equal(got.MaximumRetryAttempts, 1);
  assert.equal(got.DestinationConfig?.OnSuccess?.Destination, `${QUEUE_ARN}fine`);
  const listed = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }));
  assert.equal(listed.FunctionEventInvokeConfigs?.length, 1);
  const bad = (Destination: string) =>
    lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        DestinationConfig: { OnFailure: { Destination } },
      }),
    );
  await assert.rejects(bad('arn:aws:sns:us-east-1:000000000000:t'), /neither a queue nor a function/);
  await assert.rejects(bad('nowhere'), /'nowhere' at 'destinationConfig.onFailure.destination' failed/);
  await assert.rejects(
    lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 3 })),
    /less than or equal to 2/,
  );
  await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }));
  await assert.rejects(
    lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })),
    /function:asked:\$LATEST doesn't have an EventInvokeConfig/,
  );
  const config = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  assert.equal(config.DeadLetterConfig?.TargetArn, `${QUEUE_ARN}letters`);
  const without = await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, DeadLetterConfig: { TargetArn: '' } }),
  );
  assert.equal(without.DeadLetterConfig, undefined);
});

interface Told {
  readonly requestContext: { readonly condition: string };
  readonly requestPayload: unknown;
  readonly responsePayload: { readonly errorType?: string };
}

async function next(queueUrl: string | undefined): Promise<Told> {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20 }));
  return JSON.parse(Messages?.[0]?.Body ?? 'null') as Told;
}
