import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { readFolder } from '../../src/deploy/folder.ts';
import { freePort, Platform } from '../crash/platform.ts';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

/** The package and all that it depends on, as npm laid them out. */
function closure(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const manifest = JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(manifest.dependencies ?? {})) closure(dependency, found);
  return found;
}

/** `QueueUrl` was made outside: the SDK sends to the host in it, which is the main port. */
const HANDLER = `
import { CreateQueueCommand, GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
const sqs = new SQSClient({});
const refusal = async (client) => {
  const error = await client.send(new CreateQueueCommand({ QueueName: 'mine' })).catch((reason) => reason);
  return [error.name, error.$metadata?.httpStatusCode];
};
export const handler = async ({ QueueName, QueueUrl, endpoint }) => {
  const inside = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const ids = [];
  for (const url of [inside.QueueUrl, QueueUrl]) {
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'from inside' }));
    ids.push(MessageId);
  }
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  return {
    ids,
    differs: inside.QueueUrl !== QueueUrl,
    refusals: [
      await refusal(sqs),
      await refusal(new SQSClient({ endpoint })),
      await refusal(new SQSClient({ endpoint, credentials })),
    ],
  };
};`;

function packaged(): Uint8Array {
  const entries: Zippable = { 'index.mjs': strToU8(HANDLER) };
  for (const name of closure('@aws-sdk/client-sqs')) {
    for (const file of readFolder(join(MODULES, name))) {
      if (/(^|\/)(dist-types|dist-es)\//.test(file.path) && name.startsWith('@aws-sdk/client-')) continue;
      entries[`node_modules/${name}/${file.path}`] = [file.bytes, { level: 1 }];
    }
  }
  return zipSync(entries);
}

test('a function with the AWS SDK sends to a queue, by whatever URL it knows it, and may not make one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-inside-'));
  after(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  await using platform = await Platform.start({ dataDirectory: folder, port });
  const client = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${platform.port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  const [lambda, sqs] = [new LambdaClient(client), new SQSClient(client)];
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'inside',
      Role: 'arn:aws:iam::000000000000:role/any',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 30,
      MemorySize: 512,
      Code: { ZipFile: packaged() },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1 },
    { FunctionName: 'inside' },
  );
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'elsewhere' }));
  const Payload = JSON.stringify({ QueueName: 'elsewhere', QueueUrl, endpoint: client.endpoint });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'inside', Payload }));
  const told = JSON.parse(answer.Payload?.transformToString() ?? 'null') as Record<string, unknown>;
  const received = [];
  for (let tries = 0; received.length < 2 && tries < 5; tries += 1) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    received.push(...Messages.map(({ MessageId }) => MessageId));
  }
  assert.deepEqual(new Set(received), new Set(told['ids'] as string[]), JSON.stringify(told));
  assert.equal(told['differs'], true);
  const denied = ['AccessDenied', 403];
  assert.deepEqual(told['refusals'], [denied, denied, ['InvalidClientTokenId', 403]]);
  [lambda, sqs].forEach((each) => each.destroy());
});
