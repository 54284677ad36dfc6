import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { freePort, Platform } from '../crash/platform.ts';
import { consuming, type Consumed } from './clients/consuming.ts';
import { celery, nodeLibraries } from './clients/libraries.ts';
import { variables } from './clients/variables.ts';

/*
 * Libraries that others have built on SQS, unmodified.
 */

const run = promisify(execFile);
/** Nothing that is waited for here takes longer, on the slowest machine. */
const PATIENCE_MS = 100_000;
const [libraries, worker] = [await nodeLibraries(), await celery()];
const folder = mkdtempSync(join(tmpdir(), 'millrace-libraries-'));
after(() => rmSync(folder, { recursive: true }));

async function startPlatform(name: string): Promise<Platform> {
  return Platform.start({ dataDirectory: join(folder, name), port: await freePort() });
}

const skipNode = typeof libraries === 'string' ? libraries : false;

test(
  'sqs-producer sends, sqs-consumer handles each once, what failed again, and stops in the middle of a poll',
  { skip: skipNode },
  async () => {
    if (typeof libraries === 'string') return;
    const { Consumer, Producer } = consuming(libraries.folder);
    await using platform = await startPlatform('consumer');
    const sqs = queues(platform);
    const queueUrl = await created(sqs, 'consumed', {});
    const producer = Producer.create({ queueUrl, sqs });
    const numbers = Array.from({ length: 25 }, (_, at) => `m${at}`);
    assert.equal((await producer.send(numbers.map((id) => ({ id, body: id })))).length, 25);
    assert.equal(await producer.queueSize(), 25);

    const handled: string[] = [];
    const consumer = Consumer.create({
      ...{ queueUrl, sqs, batchSize: 10, waitTimeSeconds: 20, visibilityTimeout: 20 },
      ...{ heartbeatInterval: 1, terminateVisibilityTimeout: true },
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      handleMessage: (message: Consumed): Promise<Consumed> => {
        const { Body, Attributes } = message;
        handled.push(`${Body}:${Attributes.ApproximateReceiveCount}`);
        const fails = Body === 'm7' && Attributes.ApproximateReceiveCount === '1';
        return fails ? Promise.reject(new Error('not yet')) : Promise.resolve(message);
      },
    });
    await consume(consumer, 'message_processed', () => handled.length === 26);
    const expected = [...numbers.map((body) => `${body}:1`), 'm7:2'];
    assert.deepEqual(handled.toSorted(), expected.toSorted());
    assert.equal(await producer.queueSize(), 0);
  },
);

test(
  'sqs-consumer handles the batches of a FIFO queue in the order of their group, also when one failed',
  { skip: skipNode },
  async () => {
    if (typeof libraries === 'string') return;
    const { Consumer, Producer } = consuming(libraries.folder);
    await using platform = await startPlatform('fifo');
    const sqs = queues(platform);
    const queueUrl = await created(sqs, 'consumed.fifo', { FifoQueue: 'true' });
    const bodies = Array.from({ length: 12 }, (_, at) => `f${at}`);
    await Producer.create({ queueUrl, sqs }).send(
      bodies.map((id) => ({ id, body: id, groupId: 'g', deduplicationId: id })),
    );
    const handled: string[] = [];
    let batches = 0;
    const consumer = Consumer.create({
      ...{ queueUrl, sqs, batchSize: 5, waitTimeSeconds: 20, suppressFifoWarning: true },
      terminateVisibilityTimeout: true,
      handleMessageBatch: (messages: readonly Consumed[]): Promise<readonly Consumed[]> => {
        batches += 1;
        if (batches === 2) return Promise.reject(new Error('not yet'));
        handled.push(...messages.map(({ Body }) => Body));
        return Promise.resolve(messages);
      },
    });
    await consume(consumer, 'response_processed', () => handled.length === 12);
    assert.deepEqual(handled, bodies);
  },
);

const skipCelery = typeof worker === 'string' ? worker : false;

test(
  'Celery runs its tasks on queues: many, later, again, chained, and the one that its worker died of',
  { skip: skipCelery },
  async () => {
    if (typeof worker === 'string') return;
    await using platform = await startPlatform('celery');
    const results = join(folder, 'results');
    mkdirSync(results);
    const env = {
      ...variables(),
      ...{ MILLRACE_ENDPOINT: `127.0.0.1:${platform.port}`, RESULTS: results, PYTHONDONTWRITEBYTECODE: '1' },
    };
    const options = { cwd: join(import.meta.dirname, 'clients'), env };
    await using workers = new Workers(worker.python, options);
    workers.start();
    const program = ['celery_tasks.py', join(folder, 'mark')];
    const { stdout } = await run(worker.python, program, { ...options, timeout: PATIENCE_MS });
    assert.deepEqual(JSON.parse(stdout), {
      sums: Array.from({ length: 30 }, (_, at) => 2 * at),
      ...{ later: 'it was time', waited: true, retries: 2 },
      ...{ other: 'ü <&> \u2028日本', chain: 5, killed: 'done' },
    });
    assert.equal(workers.started, 2);
  },
);

/** A worker of Celery, and the next when it died. */
class Workers implements AsyncDisposable {
  readonly #python: string;
  readonly #options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  #child: ChildProcess | undefined;
  started = 0;

  constructor(python: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
    this.#python = python;
    this.#options = options;
  }

  start(): void {
    const words = ['-A', 'celery_tasks', 'worker', '--pool', 'solo', '-Q', 'celery,other.queue'];
    const child = spawn(this.#python, ['-m', 'celery', ...words], { ...this.#options, stdio: 'ignore' });
    this.#child = child;
    this.started += 1;
    child.once('exit', (code) => {
      if (code === 1 && this.started < 3) this.start();
    });
  }

  /** A warm stop: a worker ends its long polls, and then itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  }
}

function queues({ port }: Platform): SQSClient {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  return new SQSClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
}

async function created(
  sqs: SQSClient,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl ?? '';
}

type TheirConsumer = ReturnType<ReturnType<typeof consuming>['Consumer']['create']>;

/** Runs a consumer until something is so at one of its events, and stops it in the middle of its poll. */
async function consume(consumer: TheirConsumer, event: string, isSo: () => boolean): Promise<void> {
  const [whole, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const late = setTimeout(() => whole.reject(new Error('messages are missing')), PATIENCE_MS);
  // A failed message is told as an error, too, and so is the poll that is broken off.
  consumer.on('error', () => undefined).on('processing_error', () => undefined);
  consumer.on(event, () => {
    if (isSo()) whole.resolve();
  });
  consumer.on('stopped', stopped.resolve);
  consumer.start();
  try {
    await whole.promise;
  } finally {
    clearTimeout(late);
    consumer.stop({ abort: true });
    await stopped.promise;
  }
}
