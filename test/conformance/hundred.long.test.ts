import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from '../crash/platform.ts';

const COUNT = 100;

/** Says which environment it is once all have come to the meeting: then all run at the same time. */
const HANDLER = `
export const handler = async ({ meeting }, context) => {
  await fetch(meeting);
  return context.logStreamName;
};`;

test('a hundred invocations at once run in a hundred environments, which are gone when nobody needs them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-hundred-'));
  after(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  await using platform = await Platform.start({ dataDirectory: folder, port, flags: ['--idle', '1'] });
  const endpoint = `http://127.0.0.1:${platform.port}`;
  const lambda = new LambdaClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
    requestHandler: { httpAgent: { maxSockets: COUNT } },
  });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'long',
      Role: 'arn:aws:iam::000000000000:role/any',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 300,
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName: 'long' });
  await using meeting = await meetingOf(COUNT);
  const environments = await Promise.all(
    Array.from({ length: COUNT }, async () => {
      const Payload = JSON.stringify({ meeting: meeting.url });
      const answer = await lambda.send(new InvokeCommand({ FunctionName: 'long', Payload }));
      assert.equal(answer.FunctionError, undefined);
      return answer.Payload?.transformToString();
    }),
  );
  assert.equal(new Set(environments).size, COUNT);
  while ((await running(endpoint)) > 0) continue;
  lambda.destroy();
});

/** Answers nobody until so many have asked. */
async function meetingOf(count: number): Promise<AsyncDisposable & { readonly url: string }> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === count) for (const each of waiting) each.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function running(endpoint: string): Promise<number> {
  const status = (await (await fetch(`${endpoint}/_millrace/status`)).json()) as {
    environments: { running: number };
  };
  return status.environments.running;
}
