import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { LambdaPlatform } from './crash/lambda-platform.ts';
import { freePort, Platform } from './crash/platform.ts';

/** Asks what it is told to ask, with the headers of a client of the host, and tells the status. */
const HANDLER = `
exports.handler = async ({ url, headers }) => ({ status: (await fetch(url, { headers })).status });`;

test('a function is refused at the main port what a client of the host is given there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-isolation-'));
  after(() => rmSync(folder, { recursive: true }));
  await using platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  const endpoint = `http://127.0.0.1:${platform.port}`;
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const lambda = new LambdaClient({ region: 'us-east-1', endpoint, credentials });
  after(() => lambda.destroy());
  await create(lambda, 'attacker');

  const signed = await signedRead(lambda);
  const control = { url: endpoint + signed.path, headers: signed.headers };
  assert.equal(
    (await fetch(control.url, { headers: control.headers })).status,
    200,
    'from the host it is allowed',
  );
  assert.equal((await invoke(lambda, 'attacker', control))['status'], 403);
  const admin = { url: `${endpoint}/_millrace/status`, headers: {} };
  assert.equal((await fetch(admin.url)).status, 200);
  assert.equal((await invoke(lambda, 'attacker', admin))['status'], 403);
});

test('the key of an environment does what a function may, in its account alone, and ends with the environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-keys-'));
  after(() => rmSync(folder, { recursive: true }));
  await using platform = await LambdaPlatform.start(folder);
  const { sqs, lambda } = platform;
  await platform.create('leaky', 'export const handler = async () => process.env;');
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  const told = (await platform.invoke('leaky')) as Record<string, string>;
  const inside = {
    ...{ region: 'us-east-1', endpoint: told['AWS_ENDPOINT_URL'] ?? '', maxAttempts: 1 },
    credentials: {
      accessKeyId: told['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: told['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: told['AWS_SESSION_TOKEN'] ?? '',
    },
  };
  const [innerSqs, innerLambda] = [new SQSClient(inside), new LambdaClient(inside)];
  const send = (url: string): Promise<unknown> =>
    innerSqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
  await send(QueueUrl);
  const { Messages } = await innerSqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.equal(Messages?.length, 1);
  assert.equal((await innerLambda.send(new InvokeCommand({ FunctionName: 'leaky' }))).StatusCode, 200);
  const denied = { name: 'AccessDenied' };
  await assert.rejects(send(QueueUrl.replace('000000000000', '111111111111')), denied);
  await assert.rejects(innerSqs.send(new PurgeQueueCommand({ QueueUrl })), denied);
  await assert.rejects(innerSqs.send(new ListQueuesCommand({})), denied);
  const deniedByLambda = { name: 'AccessDeniedException' };
  await assert.rejects(innerLambda.send(new ListFunctionsCommand({})), deniedByLambda);
  const foreign = 'arn:aws:lambda:us-east-1:111111111111:function:leaky';
  await assert.rejects(innerLambda.send(new InvokeCommand({ FunctionName: foreign })), deniedByLambda);
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'leaky' }));
  let refusal = '';
  while (refusal === '')
    refusal = await send(QueueUrl).then(
      () => '',
      (error: Error) => error.name,
    );
  assert.equal(refusal, 'InvalidClientTokenId');
  for (const client of [innerSqs, innerLambda]) client.destroy();
});

/** The path and headers that the SDK sends to list functions. */
async function signedRead(lambda: LambdaClient): Promise<{ path: string; headers: Record<string, string> }> {
  const command = new ListFunctionsCommand({});
  const seen = Promise.withResolvers<{ path: string; headers: Record<string, string> }>();
  command.middlewareStack.add(
    (next) => (args) => {
      const { path, headers } = args.request as { path: string; headers: Record<string, string> };
      seen.resolve({ path, headers: { ...headers } });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await lambda.send(command);
  return seen.promise;
}

async function create(lambda: LambdaClient, name: string): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: 'arn:aws:iam::000000000000:role/any',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(HANDLER) }) },
    }),
  );
  const waiter = { client: lambda, maxWaitTime: 60, minDelay: 1 };
  await waitUntilFunctionActiveV2(waiter, { FunctionName: name });
}

async function invoke(lambda: LambdaClient, name: string, event: object): Promise<Record<string, unknown>> {
  const Payload = JSON.stringify(event);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload }));
  return JSON.parse(answer.Payload?.transformToString() ?? 'null') as Record<string, unknown>;
}
