import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { after, test, type TestContext } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { freePort, PROGRAM } from './crash/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-stop-'));
after(() => rmSync(folder, { recursive: true }));

const HANDLER = `export const handler = async ({ slowly }) => {
  if (slowly) {
    console.log('begun');
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  return process.env.MARK;
};`;

interface Running {
  readonly child: ChildProcess;
  readonly complaints: Interface;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
}

async function up(context: TestContext, port: number, name: string): Promise<Running> {
  const words = ['up', '--port', String(port), '--data', join(folder, name)];
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve) => lines.on('line', (line) => line.startsWith('Ctrl-C') && resolve()));
  const options = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  const [lambda, sqs] = [new LambdaClient(options), new SQSClient(options)];
  context.after(() => [lambda, sqs].forEach((client) => client.destroy()));
  return { child, complaints: createInterface({ input: child.stderr }), lambda, sqs };
}

async function createFunction(lambda: LambdaClient, timeoutS: number): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'mark',
      Role: 'arn:aws:iam::000000000000:role/any',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: timeoutS,
      Environment: { Variables: { MARK: 'kept' } },
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: 'mark' });
}

async function invoke(lambda: LambdaClient, event: object): Promise<unknown> {
  const Payload = Buffer.from(JSON.stringify(event));
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'mark', Payload }));
  return JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
}

async function logOf(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/_millrace/logs?function=mark`)).text();
}

/** The processes below this one, by the system's own table. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const children = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...children(child)]);
  return children(pid);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Resolves when none of these processes is there any more. */
async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => parentOf(String(pid)) !== 0))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

test('at Ctrl-C a waiting receive gets an empty answer, a running function ends, and the program exits with 0', async (context) => {
  const port = await freePort();
  const { child, complaints, lambda, sqs } = await up(context, port, 'interrupted');
  await createFunction(lambda, 900);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'quiet' }));
  assert.equal(await invoke(lambda, {}), 'kept');
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  const running = invoke(lambda, { slowly: true });
  while (!(await logOf(port)).includes('begun')) continue;
  const below = descendants(child.pid ?? 0);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const [first] = (await once(complaints, 'line')) as [string];
  assert.match(first, /^Stopping/);
  assert.equal((await waiting).Messages, undefined);
  await ended;
  assert.equal(child.exitCode, 0);
  assert.equal(await running, 'kept');
  await gone(below);
});

test('killed and started again: nothing runs on, and queue, message, function and mapping are there', async (context) => {
  const port = await freePort();
  const first = await up(context, port, 'killed');
  await createFunction(first.lambda, 3);
  const { QueueUrl } = await first.sqs.send(new CreateQueueCommand({ QueueName: 'kept' }));
  await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
  const mapping = {
    EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:kept',
    FunctionName: 'mark',
    Enabled: false,
  };
  await first.lambda.send(new CreateEventSourceMappingCommand(mapping));
  assert.equal(await invoke(first.lambda, {}), 'kept');
  // Idle, the environment is frozen within a moment; the laws of both states are the same here.
  const below = descendants(first.child.pid ?? 0);
  assert.ok(below.length >= 2, 'the spawner and an environment');
  first.child.kill('SIGKILL');
  await gone(below);
  const second = await up(context, port, 'killed');
  const received = await second.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  assert.equal(received.Messages?.[0]?.Body, 'kept');
  const listed = await second.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'mark' }));
  assert.deepEqual(
    [listed.EventSourceMappings?.length, listed.EventSourceMappings?.[0]?.State],
    [1, 'Disabled'],
  );
  assert.equal(await invoke(second.lambda, {}), 'kept');
  const ended = once(second.child, 'exit');
  second.child.kill('SIGTERM');
  await ended;
  assert.equal(second.child.exitCode, 0);
});
