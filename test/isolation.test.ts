import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
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
