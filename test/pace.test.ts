import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from './crash/platform.ts';

/** Asks a service, and says as AWS's clients do when that has too much to do. */
const HANDLER = `
export const handler = async ({ Records: [record] }) => {
  const answer = await fetch(process.env.SERVICE, { method: 'POST', body: record.body });
  if (answer.status === 200) return;
  const error = new Error('Rate exceeded');
  error.name = 'ThrottlingException';
  throw error;
};`;

const MESSAGES = 10;

/** A service that takes one call at a time: the first two at once get 429; then it has time. */
class Service {
  readonly #server = createServer((_, response) => this.#called(response));
  readonly #waiting: ServerResponse[] = [];
  readonly #enough = Promise.withResolvers<void>();
  #refused = 0;
  #answered = 0;

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when it has answered as many calls as there are messages. */
  get done(): Promise<void> {
    return this.#enough.promise;
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #called(response: ServerResponse): void {
    if (this.#refused >= 2) return this.#answer(response);
    this.#waiting.push(response);
    if (this.#waiting.length < 2) return;
    for (const each of this.#waiting.splice(0)) {
      this.#refused += 1;
      each.writeHead(429).end();
    }
  }

  #answer(response: ServerResponse): void {
    response.writeHead(200).end();
    this.#answered += 1;
    for (const each of this.#waiting.splice(0)) this.#answer(each);
    if (this.#answered === MESSAGES) this.#enough.resolve();
  }
}

test('a function that its service throttles is slowed, as a figure that anybody may watch, and every message is handled', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-pace-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  using service = new Service();
  const url = await service.listen();
  await using platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  const endpoint = `http://127.0.0.1:${platform.port}`;
  const client = {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const [lambda, sqs] = [new LambdaClient(client), new SQSClient(client)];
  context.after(() => [lambda, sqs].forEach((each) => each.destroy()));
  await sqs.send(new CreateQueueCommand({ QueueName: 'work', Attributes: { VisibilityTimeout: '3' } }));
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'worker', Runtime: 'nodejs22.x', Handler: 'index.handler' },
      Role: 'arn:aws:iam::000000000000:role/any',
      Environment: { Variables: { SERVICE: url } },
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: 'worker' });
  const EventSourceArn = 'arn:aws:sqs:us-east-1:000000000000:work';
  await lambda.send(
    new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'worker', BatchSize: 1 }),
  );
  const Entries = Array.from({ length: MESSAGES }, (_, n) => ({ Id: `${n}`, MessageBody: `${n}` }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: `${endpoint}/000000000000/work`, Entries }));
  await service.done;
  const answer = await fetch(`${endpoint}/_millrace/mappings`);
  const [mapping] = (await answer.json()) as { paceCuts: number; paceReason: string; state: string }[];
  assert.equal(mapping?.paceReason, 'throttled');
  assert.ok(mapping.paceCuts >= 1);
});
