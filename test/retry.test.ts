import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from './crash/platform.ts';

const FunctionName = 'chooser';
const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

/** Tells what it sees; wants each message again after the delay that its body says, or says nothing. */
const HANDLER = `export const handler = async ({ Records }) => {
  const seen = Records.map(({ body, attributes }) => [body, attributes.ApproximateReceiveCount, Date.now()]);
  await (await fetch(process.env.TELL, { method: 'POST', body: JSON.stringify(seen) })).text();
  const failures = Records.filter(({ attributes }) => attributes.ApproximateReceiveCount === '1');
  return { batchItemFailures: failures.map(({ messageId: itemIdentifier, body }) =>
    body === 'none' ? { itemIdentifier } : { itemIdentifier, delaySeconds: Number(body) }) };
};`;

type Seen = readonly [body: string, receiveCount: string, atMs: number];

/** Hears what the function tells. */
class Listener implements Disposable {
  readonly seen: Seen[] = [];
  readonly #server = createServer((request, response) => {
    void json(request).then((told) => {
      this.seen.push(...(told as Seen[]));
      response.end(() => this.#server.emit('told'));
    });
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async hears(count: number): Promise<void> {
    while (this.seen.length < count) await once(this.#server, 'told');
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

test('a message comes again when its function wants it, long before its visibility time-out; one of which nothing is said waits for that', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-retry-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await using platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  const client = {
    ...{ region: 'us-east-1', endpoint: `http://127.0.0.1:${platform.port}` },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const [lambda, sqs] = [new LambdaClient(client), new SQSClient(client)];
  context.after(() => [lambda, sqs].forEach((each) => each.destroy()));
  const Attributes = { VisibilityTimeout: '600' };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'chosen', Attributes }));
  using listener = new Listener();
  const Environment = { Variables: { TELL: await listener.listen() } };
  await lambda.send(
    new CreateFunctionCommand({
      ...{
        FunctionName,
        Role: 'arn:aws:iam::000000000000:role/any',
        Runtime: 'nodejs24.x',
        Timeout: 60,
        Environment,
      },
      ...{ Handler: 'index.handler', Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) } },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
  await lambda.send(
    new CreateEventSourceMappingCommand({
      ...{ FunctionName, EventSourceArn: `${ARN}chosen`, FunctionResponseTypes: ['ReportBatchItemFailures'] },
    }),
  );
  const Entries = ['2', '0.5', 'none'].map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  await listener.hears(5);
  const { seen } = listener;
  const again = seen.filter(([, count]) => count === '2');
  assert.deepEqual(
    again.map(([body]) => body),
    ['0.5', '2'],
  );
  for (const [body, , atMs] of again) {
    const first = seen.find(([of, count]) => of === body && count === '1');
    assert.ok(atMs - (first?.[2] ?? Infinity) >= 1000 * Number(body), body);
  }
  const left = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.equal(left.Messages, undefined, 'the third is still hidden');
});
