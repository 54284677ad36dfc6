import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from './crash/platform.ts';

const PLACE = { FunctionName: 'provisioned', Qualifier: '1' };
const HANDLER = 'export const handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;';

test('what is provisioned stands ready again after a kill, without being asked, and its code knows why', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'millrace-provisioned-'));
  after(() => rm(dataDirectory, { recursive: true, force: true }));
  const port = await freePort();
  const lambda = new LambdaClient({
    ...{ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 },
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  after(() => lambda.destroy());
  const first = await Platform.start({ dataDirectory, port });
  try {
    await provision(lambda);
    await untilReady(lambda);
    assert.deepEqual(await asked(lambda), { answer: 'provisioned-concurrency', isCold: false });
  } finally {
    await first.kill();
  }
  await using _second = await Platform.start({ dataDirectory, port });
  await untilReady(lambda);
  assert.deepEqual(await asked(lambda), { answer: 'provisioned-concurrency', isCold: false });
});

async function provision(lambda: LambdaClient): Promise<void> {
  const { FunctionName } = PLACE;
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' },
      ...{ Handler: 'index.handler', Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) } },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(
    new PutProvisionedConcurrencyConfigCommand({ ...PLACE, ProvisionedConcurrentExecutions: 2 }),
  );
}

async function untilReady(lambda: LambdaClient): Promise<void> {
  for (;;) {
    const got = await lambda.send(new GetProvisionedConcurrencyConfigCommand(PLACE));
    if (got.Status === 'READY') return assert.equal(got.AvailableProvisionedConcurrentExecutions, 2);
    assert.equal(got.Status, 'IN_PROGRESS');
  }
}

async function asked(lambda: LambdaClient): Promise<{ readonly answer: unknown; readonly isCold: boolean }> {
  const { Payload, LogResult } = await lambda.send(new InvokeCommand({ ...PLACE, LogType: 'Tail' }));
  const log = Buffer.from(LogResult ?? '', 'base64').toString();
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
  return { answer, isCold: log.includes('Init Duration') };
}
