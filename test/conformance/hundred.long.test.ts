import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
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

/** Which environment it was, and when. It takes longer than a slow machine needs to start a hundred. */
const HANDLER = `
let runs = 0;
export const handler = async (_event, context) => {
  const from = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 8000));
  return { environment: context.logStreamName, runs: (runs += 1), from, to: Date.now() };
};`;

interface Told {
  readonly environment: string;
  readonly from: number;
  readonly to: number;
}

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
      Timeout: 60,
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName: 'long' });
  const told = await Promise.all(
    Array.from({ length: COUNT }, async () => {
      const answer = await lambda.send(new InvokeCommand({ FunctionName: 'long' }));
      return JSON.parse(answer.Payload?.transformToString() ?? 'null') as Told;
    }),
  );
  // Whoever ran at the same time ran in different environments: no two stays of one environment overlap.
  for (const one of told) {
    const others = told.filter((each) => each !== one && each.environment === one.environment);
    assert.ok(others.every((each) => each.from >= one.to || each.to <= one.from));
  }
  assert.equal(new Set(told.map(({ environment }) => environment)).size, COUNT);
  while ((await running(endpoint)) > 0) continue;
  lambda.destroy();
});

async function running(endpoint: string): Promise<number> {
  const status = (await (await fetch(`${endpoint}/_millrace/status`)).json()) as {
    environments: { running: number };
  };
  return status.environments.running;
}
