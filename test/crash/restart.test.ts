import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateFunctionCodeCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { LambdaPlatform, packaged } from './lambda-platform.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

async function started(context: TestContext): Promise<LambdaPlatform> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-restart-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return LambdaPlatform.start(folder);
}

async function makeQueue(platform: LambdaPlatform, QueueName: string, attributes = {}): Promise<string> {
  const made = await platform.sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
  return made.QueueUrl ?? '';
}

/** Everything that the API says of a function that is to outlive a kill, in one object. */
async function everything(lambda: LambdaClient, FunctionName: string, UUID: string): Promise<object> {
  const place = { FunctionName, Qualifier: '1' };
  const { Status: _, ...provisioned } = await lambda.send(new GetProvisionedConcurrencyConfigCommand(place));
  const { Code: __, ...whole } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const parts = {
    whole,
    config: await lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    versions: await lambda.send(new ListVersionsByFunctionCommand({ FunctionName })),
    aliases: await lambda.send(new ListAliasesCommand({ FunctionName })),
    events: await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })),
    mapping: await lambda.send(new GetEventSourceMappingCommand({ UUID })),
    provisioned: { ...provisioned, AvailableProvisionedConcurrentExecutions: 1 },
  };
  return JSON.parse(
    JSON.stringify(parts, (key, value: unknown) => (key === '$metadata' ? undefined : value)),
  ) as object;
}

const says = (text: string): string => `export const handler = async () => '${text}';`;

test('a function with versions, alias, rules, mapping and provisioned environments is the same after a kill', async (context) => {
  await using platform = await started(context);
  const { lambda } = platform;
  const FunctionName = 'whole';
  await platform.create(FunctionName, says('one'), {
    ...{ Description: 'kept', Timeout: 7, MemorySize: 256, Tags: { of: 'the test' } },
    ...{ Environment: { Variables: { MARK: 'kept' } }, DeadLetterConfig: { TargetArn: `${ARN}letters` } },
  });
  await makeQueue(platform, 'letters');
  await makeQueue(platform, 'source', { VisibilityTimeout: '60' });
  await lambda.send(new PublishVersionCommand({ FunctionName, Description: 'first' }));
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: packaged(says('two')) }));
  await platform.active(FunctionName);
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 5 }));
  const standing = { FunctionName, Qualifier: '1', ProvisionedConcurrentExecutions: 1 };
  await lambda.send(new PutProvisionedConcurrencyConfigCommand(standing));
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      ...{ FunctionName, MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 600 },
      DestinationConfig: { OnFailure: { Destination: `${ARN}letters` } },
    }),
  );
  const { UUID = '' } = await lambda.send(
    new CreateEventSourceMappingCommand({
      ...{ FunctionName: `${FunctionName}:live`, EventSourceArn: `${ARN}source`, BatchSize: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["a"]}}' }] },
    }),
  );
  await stands(lambda, FunctionName);
  const before = await everything(lambda, FunctionName, UUID);
  await platform.kill();
  await platform.startAgain();
  await stands(lambda, FunctionName);
  assert.deepEqual(await everything(lambda, FunctionName, UUID), before);
  assert.deepEqual(
    [await platform.invoke(FunctionName), await platform.invoke(FunctionName, 'live')],
    ['two', 'one'],
  );
});

/** Waits until the provisioned environment of the first version stands. */
async function stands(lambda: LambdaClient, FunctionName: string): Promise<void> {
  const command = new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: '1' });
  while ((await lambda.send(command)).Status !== 'READY') continue;
}

test('asynchronous events accepted before a kill all run and are told to their destination', async (context) => {
  await using platform = await started(context);
  const { lambda, sqs } = platform;
  const told = await makeQueue(platform, 'told');
  const source = `export const handler = async ({ n }) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return n;
  };`;
  await platform.create('later', source);
  const destination = { OnSuccess: { Destination: `${ARN}told` } };
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'later', DestinationConfig: destination }),
  );
  // One after the other, so that most of them still wait at the kill.
  await lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'later', ReservedConcurrentExecutions: 1 }),
  );
  const events = Array.from({ length: 20 }, (_, n) => n);
  const send = (n: number): Promise<unknown> =>
    lambda.send(
      new InvokeCommand({ FunctionName: 'later', InvocationType: 'Event', Payload: JSON.stringify({ n }) }),
    );
  await Promise.all(events.map(send));
  const first = await sqs.send(new ReceiveMessageCommand({ QueueUrl: told, WaitTimeSeconds: 20 }));
  assert.equal(first.Messages?.length, 1);
  await platform.kill();
  await platform.startAgain();
  const seen = new Set(first.Messages?.map(({ Body }) => eventIn(Body)));
  while (seen.size < events.length) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: told, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
    );
    assert.ok(Messages.length > 0, `only ${[...seen].join()} came`);
    for (const { Body } of Messages) seen.add(eventIn(Body));
  }
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    events,
  );
});

function eventIn(body: string | undefined): number {
  return (JSON.parse(body ?? '{}') as { requestPayload: { n: number } }).requestPayload.n;
}

test('what a killed platform had in its functions is given to them again at once, whatever its lease', async (context) => {
  await using platform = await started(context);
  const { lambda, sqs } = platform;
  // Leases of ten minutes: waiting for their end would outlast the test.
  const source = await makeQueue(platform, 'source', { VisibilityTimeout: '600' });
  const handler = `export const handler = async ({ Records }) => {
    for (const { body } of Records) console.log('begun ' + body);
    await new Promise((resolve) => setTimeout(resolve, 590_000));
  };`;
  await platform.create('hangs', handler, { Timeout: 600 });
  await lambda.send(
    new CreateEventSourceMappingCommand({
      ...{ FunctionName: 'hangs', EventSourceArn: `${ARN}source`, BatchSize: 1 },
    }),
  );
  const bodies = ['first.', 'second.', 'third.'];
  const Entries = bodies.map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: source, Entries }));
  for (let life = 1; life <= 3; life += 1) {
    let log = '';
    do log = await platform.log('hangs');
    while (!bodies.every((body) => log.split(`begun ${body}`).length > life));
    await platform.kill();
    if (life < 3) await platform.startAgain();
  }
});
