import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, Platform } from './platform.ts';
import { SqsClient } from './sqs-client.ts';
import { finishedTrace, underStrace, whyNoStrace } from './strace.ts';
import { unsyncedAnswers, unsyncedSteps, type Acknowledged } from './sync-checker.ts';
import { parseTrace } from './trace.ts';

const skip = whyNoStrace() ?? false;
const ANSWERING_STORE = fileURLToPath(new URL('answering-store.ts', import.meta.url));

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-sync-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Keeps lines in a traced store and judges its trace. */
async function judgedStore(context: TestContext, synchronous: 'FULL' | 'OFF'): Promise<string[]> {
  const directory = temporary(context);
  const output = join(directory, 'trace');
  const [tracer, ...words] = [
    ...underStrace(output),
    process.execPath,
    ANSWERING_STORE,
    join(directory, 'millrace.db'),
    synchronous,
  ];
  const program = spawn(tracer, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface(program.stdout), 'line')) as [string];
  const socket = connect(Number(port), '127.0.0.1');
  const acknowledged: Acknowledged[] = [];
  const answers = createInterface(socket)[Symbol.asyncIterator]();
  for (let number = 0; number < 20; number++) {
    const marker = `mark-${number}-${hash('md5', String(number))}`;
    socket.write(`${marker}\n`);
    const answer = await answers.next();
    acknowledged.push({ marker, answer: answer.value ?? '' });
  }
  socket.destroy();
  const ended = once(program, 'exit');
  program.stdin.end();
  await ended;
  const trace = await finishedTrace(output, program.pid ?? 0);
  return unsyncedAnswers(parseTrace(trace), acknowledged, 'millrace.db-wal');
}

test("each of the store's answers leaves after the sync that covers it", { skip }, async (context) => {
  assert.deepEqual(await judgedStore(context, 'FULL'), []);
});

test('a store that does not sync is caught', { skip }, async (context) => {
  const found = await judgedStore(context, 'OFF');
  assert.equal(found.length, 20);
  assert.match(found[0] ?? '', /left before its write was synced/);
});

/** Makes the real program answer, one request at a time and many at once. What was acknowledged, and the actions asked one at a time. */
async function ask(client: SqsClient): Promise<{ acknowledged: Acknowledged[]; actions: string[] }> {
  const QueueUrl = 'http://127.0.0.1/000000000000/traced';
  await client.demand('CreateQueue', { QueueName: 'traced' });
  const markers = Array.from({ length: 80 }, (_, number) => `mark-${number}-${hash('md5', String(number))}`);
  const sent = async (marker: string): Promise<Acknowledged> => {
    // Twice: one of them may begin on one page and end on another.
    const answer = await client.demand('SendMessage', { QueueUrl, MessageBody: `${marker} ${marker}` });
    return { marker, answer: String(answer['MD5OfMessageBody']) };
  };
  const acknowledged = await Promise.all(markers.map(sent));
  const received = await client.demand('ReceiveMessage', { QueueUrl, VisibilityTimeout: 60 });
  const [message] = received['Messages'] as [{ readonly ReceiptHandle: string }];
  const { ReceiptHandle } = message;
  await client.demand('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 90 });
  await client.demand('DeleteMessage', { QueueUrl, ReceiptHandle });
  await client.demand('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '1' } });
  await startMoving(client, QueueUrl);
  await client.demand('TagQueue', { QueueUrl, Tags: { of: 'trace' } });
  await client.demand('PurgeQueue', { QueueUrl });
  await client.demand('DeleteQueue', { QueueUrl });
  const steps = ['ChangeMessageVisibility', 'DeleteMessage', 'SetQueueAttributes', 'StartMessageMoveTask'];
  return { acknowledged, actions: ['CreateQueue', ...steps, 'TagQueue', 'PurgeQueue', 'DeleteQueue'] };
}

/** Makes the queue one for dead letters and moves what is in it elsewhere. */
async function startMoving(client: SqsClient, QueueUrl: string): Promise<void> {
  const arn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('traced'), maxReceiveCount: 1 });
  await client.demand('CreateQueue', { QueueName: 'origin', Attributes: { RedrivePolicy } });
  await client.demand('CreateQueue', { QueueName: 'elsewhere' });
  const order = { SourceArn: arn('traced'), DestinationArn: arn('elsewhere') };
  await client.demand('StartMessageMoveTask', order);
  for (;;) {
    const { Results } = await client.demand('ListMessageMoveTasks', { SourceArn: arn('traced') });
    if ((Results as readonly { readonly Status: string }[])[0]?.Status !== 'RUNNING') break;
  }
  await client.demand('SendMessage', { QueueUrl, MessageBody: 'for the purge' });
}

test(
  'each acknowledged answer of the real program leaves after the sync that covers it',
  { skip },
  async (context) => {
    const directory = temporary(context);
    const output = join(directory, 'trace');
    const options = {
      dataDirectory: join(directory, 'data'),
      port: await freePort(),
      under: underStrace(output),
    };
    const platform = await Platform.start(options);
    using client = new SqsClient(platform.port);
    const { acknowledged, actions } = await ask(client);
    // A call that is under way at the kill does not stand in the trace: not the last answer that counts.
    await client.demand('ListQueues', {});
    await platform.kill();
    const calls = parseTrace(await finishedTrace(output, platform.processId));
    assert.deepEqual(unsyncedAnswers(calls, acknowledged, 'millrace.db-wal'), []);
    assert.deepEqual(unsyncedSteps(calls, actions, 'millrace.db-wal'), []);
  },
);
