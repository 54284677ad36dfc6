import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient as SdkClient,
  ListTagsCommand,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type LambdaServiceException,
} from '@aws-sdk/client-lambda';
import { systemRandom } from '../../base/random.ts';
import { ok } from '../../base/result.ts';
import { DurableMappings } from '../../dispatch/durable-mappings.ts';
import { DispatchStage, TARGET } from '../../dispatch/fixture/stage.ts';
import { HttpServer } from '../http.ts';
import { CALLER, LambdaClient } from './fixture/lambda-client.ts';

const KNOWN = {
  FunctionName: 'f',
  Role: 'arn:aws:iam::000000000000:role/any',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { ZipFile: Buffer.from('zip') },
} as const;

/** The door behind a true port, and the SDK of AWS in front of it. */
async function served(context: TestContext): Promise<{ sdk: SdkClient; lambda: LambdaClient }> {
  const stage = await DispatchStage.open();
  await stage.createQueue();
  stage.functions.add(TARGET);
  const lambda = new LambdaClient({ mappings: await DurableMappings.open(stage.ports) });
  const server = new HttpServer({
    doors: [lambda.door],
    gate: { identify: () => ok(CALLER) },
    clock: lambda.clock,
    random: systemRandom,
    tell: () => undefined,
  });
  const port = await server.listen('127.0.0.1', 0);
  assert.ok(port.ok);
  const sdk = new SdkClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port.value}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  context.after(async () => {
    sdk.destroy();
    await server[Symbol.asyncDispose]();
  });
  return { sdk, lambda };
}

async function errorOf(asked: Promise<unknown>): Promise<LambdaServiceException> {
  return asked.then(
    () => assert.fail('the request was answered'),
    (error: LambdaServiceException) => error,
  );
}

test('the SDK creates, waits for, updates, lists, tags and deletes a function', async (context) => {
  const { sdk } = await served(context);
  const created = await sdk.send(new CreateFunctionCommand({ ...KNOWN, Tags: { team: 'ads' } }));
  await waitUntilFunctionActiveV2({ client: sdk, maxWaitTime: 5 }, { FunctionName: 'f' });
  await sdk.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Timeout: 7 }));
  await waitUntilFunctionUpdatedV2({ client: sdk, maxWaitTime: 5 }, { FunctionName: 'f' });
  const got = await sdk.send(new GetFunctionCommand({ FunctionName: created.FunctionArn }));
  assert.equal(got.Configuration?.Timeout, 7);
  const zip = await fetch(got.Code?.Location ?? '');
  assert.equal(await zip.text(), 'zip');
  const tags = await sdk.send(new ListTagsCommand({ Resource: created.FunctionArn }));
  assert.deepEqual(tags.Tags, { team: 'ads' });
  await sdk.send(new CreateFunctionCommand({ ...KNOWN, FunctionName: 'g' }));
  const names: (string | undefined)[] = [];
  for await (const page of paginateListFunctions({ client: sdk, pageSize: 1 }, {})) {
    names.push(...(page.Functions ?? []).map((one) => one.FunctionName));
  }
  assert.deepEqual(names, ['f', 'g']);
  const deleted = await sdk.send(new DeleteFunctionCommand({ FunctionName: 'f' }));
  assert.equal(deleted.StatusCode ?? deleted.$metadata.httpStatusCode, 204);
});

test('the SDK invokes, with log tail and client context, and reads the function’s error', async (context) => {
  const { sdk, lambda } = await served(context);
  lambda.functions.add({ account: CALLER.account, region: CALLER.region, name: 'f' });
  const asked = sdk.send(new InvokeCommand({ FunctionName: 'f', Payload: '{"n":1}', LogType: 'Tail' }));
  await lambda.invoker.reached(1);
  lambda.invoker.first.answer('{"ok":true}');
  const answer = await asked;
  assert.equal(answer.Payload?.transformToString(), '{"ok":true}');
  assert.equal(answer.ExecutedVersion, '$LATEST');
  assert.equal(Buffer.from(answer.LogResult ?? '', 'base64').toString(), 'START\n');
  const failing = sdk.send(new InvokeCommand({ FunctionName: 'f' }));
  await lambda.invoker.reached(2);
  lambda.invoker.first.fail();
  assert.equal((await failing).FunctionError, 'Unhandled');
  const event = await sdk.send(
    new InvokeCommand({ FunctionName: 'f', InvocationType: 'Event', Payload: '1' }),
  );
  assert.equal(event.StatusCode, 202);
  const dry = await sdk.send(new InvokeCommand({ FunctionName: 'f', InvocationType: 'DryRun' }));
  assert.equal(dry.StatusCode, 204);
});

test('the SDK knows our errors by their names', async (context) => {
  const { sdk } = await served(context);
  const missing = await errorOf(sdk.send(new GetFunctionCommand({ FunctionName: 'nobody' })));
  assert.equal(missing.name, 'ResourceNotFoundException');
  assert.match(missing.message, /^Function not found: arn:aws:lambda/);
  await sdk.send(new CreateFunctionCommand(KNOWN));
  const twice = await errorOf(sdk.send(new CreateFunctionCommand(KNOWN)));
  assert.deepEqual([twice.name, twice.message], ['ResourceConflictException', 'Function already exist: f']);
  const invalid = await errorOf(sdk.send(new CreateFunctionCommand({ ...KNOWN, Timeout: 2000 })));
  assert.equal(invalid.name, 'ValidationException');
  assert.match(invalid.message, /at 'timeout'/);
  const large = new InvokeCommand({ FunctionName: 'f', Payload: `"${'x'.repeat(7_000_000)}"` });
  const tooLarge = await errorOf(sdk.send(large));
  assert.equal(tooLarge.$metadata.httpStatusCode, 413);
  assert.match(tooLarge.message, /InvokeFunction operation$/);
});

test('the SDK creates and deletes a mapping', async (context) => {
  const { sdk } = await served(context);
  const created = await sdk.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'f',
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:clicks',
      BatchSize: 5,
    }),
  );
  assert.equal(created.State, 'Creating');
  assert.equal(created.LastModified?.getTime(), 1_700_000_000_000);
  const deleted = await sdk.send(new DeleteEventSourceMappingCommand({ UUID: created.UUID }));
  assert.equal(deleted.State, 'Deleting');
});
