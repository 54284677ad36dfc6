import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform, PROGRAM } from './crash/platform.ts';

/** Asks a service for each message, and waits for its answer. */
const HANDLER = `export const handler = async ({ Records: [{ body }] }) => {
  await (await fetch(process.env.SERVICE, { method: 'POST', body })).arrayBuffer();
};`;
const MOST_AT_ONCE = 16;
const PLACES = 2;
const WORK_MS = 30;
const SINGLY = 110;
/** How many messages wait while the queue is kept filled, and how many tens come in one go. */
const AHEAD = 60;
const MOST_TENS = 60;

/** The mapping as anybody may watch it. */
interface Watched {
  readonly paceLimit?: number;
  readonly paceReason?: string;
  readonly paceCuts: number;
}

/** A service that takes as many milliseconds as it is asked for, and so many calls at once: the others wait their turn. */
class Service implements Disposable {
  places = PLACES;
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => this.#line(Number(body), () => response.end()));
  });
  readonly #waiting: (() => void)[] = [];
  /** How many calls it has answered. */
  answered = 0;
  #busy = 0;
  #awaited: { readonly total: number; readonly reached: () => void } | undefined;

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when it has answered so many calls in all. */
  async hasAnswered(total: number): Promise<void> {
    if (this.answered >= total) return;
    const { promise, resolve: reached } = Promise.withResolvers<void>();
    this.#awaited = { total, reached };
    await promise;
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #line(durationMs: number, answer: () => void): void {
    if (this.#busy >= this.places) return void this.#waiting.push(() => this.#line(durationMs, answer));
    this.#busy += 1;
    setTimeout(() => {
      this.#busy -= 1;
      this.answered += 1;
      answer();
      if (this.#awaited?.total === this.answered) this.#awaited.reached();
      while (this.#busy < this.places && this.#waiting.length > 0) this.#waiting.shift()?.();
    }, durationMs);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'millrace-slow-'));
const service = new Service();
const url = await service.listen();
const platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
const endpoint = `http://127.0.0.1:${platform.port}`;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const lambda = new LambdaClient({ region: 'us-east-1', endpoint, credentials });
const sqs = new SQSClient({ region: 'us-east-1', endpoint, credentials });

after(async () => {
  for (const client of [lambda, sqs]) client.destroy();
  await platform[Symbol.asyncDispose]();
  service[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A function behind a queue of the same name, with no place for more than {@link MOST_AT_ONCE}. */
async function behindQueue(name: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 20 },
      Role: 'arn:aws:iam::000000000000:role/any',
      Environment: { Variables: { SERVICE: url } },
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: name });
  await lambda.send(
    new CreateEventSourceMappingCommand({
      ...{ EventSourceArn: `arn:aws:sqs:us-east-1:000000000000:${name}`, FunctionName: name, BatchSize: 1 },
      ScalingConfig: { MaximumConcurrency: MOST_AT_ONCE },
    }),
  );
  return QueueUrl;
}

async function send(QueueUrl: string, bodies: readonly string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

async function watched(name: string): Promise<Watched> {
  const all = (await (await fetch(`${endpoint}/_millrace/mappings`)).json()) as (Watched & {
    queueArn: string;
  })[];
  const found = all.find(({ queueArn }) => queueArn.endsWith(`:${name}`));
  assert.ok(found);
  return found;
}

/** Keeps the queue filled with the work that `next` says, until the figure is as wanted; for so many tens at most. */
async function flood(
  name: string,
  QueueUrl: string,
  next: () => number,
  isSo: (now: Watched) => boolean,
  mostTens = Infinity,
): Promise<Watched> {
  const before = service.answered;
  let sent = 0;
  for (let answered = 10; ; answered += 10) {
    for (; sent < answered + AHEAD; sent += 10)
      await send(
        QueueUrl,
        Array.from({ length: 10 }, () => String(next())),
      );
    await service.hasAnswered(before + answered);
    const now = await watched(name);
    if (!isSo(now) && answered < 10 * mostTens) continue;
    await service.hasAnswered(before + sent);
    return now;
  }
}

/** One message after the other: this is how quick it can be. */
async function singly(QueueUrl: string): Promise<void> {
  for (let sent = 0; sent < SINGLY; sent += 1) {
    const before = service.answered;
    await send(QueueUrl, [String(WORK_MS)]);
    await service.hasAnswered(before + 1);
  }
}

test('a function that its service makes slow is brought to where that is quick, as the command line shows, and back when it has room', async () => {
  const queueUrl = await behindQueue('slowed');
  const work = (): number => WORK_MS;
  await singly(queueUrl);
  assert.equal((await watched('slowed')).paceCuts, 0);
  const isHalf = ({ paceLimit = Infinity }: Watched): boolean => paceLimit <= MOST_AT_ONCE / 2;
  // What something else on the machine makes slow meanwhile says nothing: then it begins anew.
  let slowed = await flood('slowed', queueUrl, work, isHalf, MOST_TENS);
  while (!isHalf(slowed)) {
    await singly(queueUrl);
    slowed = await flood('slowed', queueUrl, work, isHalf, MOST_TENS);
  }
  assert.equal(slowed.paceReason, 'slow');
  const { stdout } = await promisify(execFile)(PROGRAM, ['functions', '--endpoint', endpoint]);
  assert.match(stdout, /^slowed .*slowed \(Enabled, (\d+ running, )?at most \d+: slow\)/m);
  service.places = Infinity;
  await flood('slowed', queueUrl, work, ({ paceLimit }) => paceLimit === undefined);
});

test('a healthy function whose duration merely varies is never slowed', async () => {
  service.places = Infinity;
  const queueUrl = await behindQueue('varied');
  const durationsMs = [2, 600, 10, 40, 150];
  let asked = 0;
  const next = (): number => durationsMs[(asked += 1) % durationsMs.length] ?? 0;
  await flood('varied', queueUrl, next, () => asked >= 1000);
  assert.equal((await watched('varied')).paceCuts, 0);
});
