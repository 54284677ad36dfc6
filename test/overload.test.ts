import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, test } from 'node:test';
import { pssBytes } from '../src/sandbox/process-tree.ts';
import { freePort, Platform } from './crash/platform.ts';
import { SqsClient, type Outcome } from './crash/sqs-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-overload-'));
after(() => rmSync(folder, { recursive: true }));
const QueueUrl = 'http://any/000000000000/q';
const HEAD = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n';
const MEGABYTE = 1_000_000;

async function started(name: string, ...flags: readonly string[]): Promise<Platform> {
  const platform = await Platform.start({
    ...{ dataDirectory: join(folder, name), port: await freePort() },
    flags: ['--isolation', 'bare', ...flags],
  });
  using client = new SqsClient(platform.port);
  await client.demand('CreateQueue', { QueueName: 'q' });
  return platform;
}

/** Connections that have said this much; what comes back is thrown away. */
async function opened(port: number, count: number, beginning: string | Buffer): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }).on('error', () => {});
    return socket.resume();
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(beginning, resolve))));
  return sockets;
}

/** Sends, receives and deletes, as a client that knows nothing of the others. */
async function works(port: number): Promise<void> {
  using client = new SqsClient(port);
  for (let n = 0; n < 20; n += 1) {
    await client.demand('SendMessage', { QueueUrl, MessageBody: `${n}` });
    const { Messages } = await client.demand('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 });
    const [message] = Messages as [{ readonly Body: string; readonly ReceiptHandle: string }];
    assert.equal(message.Body, `${n}`);
    await client.demand('DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle });
  }
}

function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test('clients that are slow, silent or half gone cost their connections alone, which are free again when they go', async () => {
  await using platform = await started('slow');
  const { port, processId } = platform;
  await works(port);
  const [before, openBefore] = [await pssBytes([processId]), socketsOf(processId)];
  const half = Buffer.alloc(MEGABYTE / 2, 'x');
  const slow = [
    ...(await opened(port, 200, '')),
    ...(await opened(port, 200, 'PO')),
    ...(await opened(port, 200, `${HEAD}X-Slow: `)),
    ...(await opened(port, 200, `${HEAD}Content-Length: 1000\r\n\r\n`)),
    ...(await opened(
      port,
      100,
      Buffer.concat([Buffer.from(`${HEAD}Content-Length: ${MEGABYTE}\r\n\r\n`), half]),
    )),
  ];
  await works(port);
  const grownBytes = (await pssBytes([processId])) - before;
  // Half a megabyte of a hundred bodies is there, as it has to be, and little more.
  assert.ok(grownBytes < 150 * MEGABYTE, `${Math.round(grownBytes / MEGABYTE)} MB more`);
  for (const socket of slow) socket.end();
  await works(port);
  while (socketsOf(processId) > openBefore + 5) await pause(10);
  for (const socket of slow) socket.destroy();
});

test('beyond the bounds of connections, waiting receives and bodies the answer is 503 at once, and within them all goes on', async () => {
  await using platform = await started('bounds', '--connections', '100', '--polls', '3', '--bodies', '16');
  const { port } = platform;
  using client = new SqsClient(port);
  const poll = (): Promise<Outcome> => client.ask('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  const refused = await Promise.race(Array.from({ length: 4 }, poll));
  assert.deepEqual([refused.kind === 'answered' && refused.status], [503]);

  // Bodies that do not end, one after the other, until there is no room for a message.
  const part = MEGABYTE / 4;
  const head = Buffer.from(`${HEAD}Content-Length: ${part + 1}\r\n\r\n`);
  const beginning = Buffer.concat([head, Buffer.alloc(part)]);
  const large = { QueueUrl, MessageBody: 'x'.repeat(900_000) };
  const bodies: Socket[] = [];
  let outcome: Outcome = { kind: 'broken' };
  do {
    assert.ok(bodies.length < 80, `${bodies.length} bodies at once`);
    bodies.push(...(await opened(port, 1, beginning)));
    if (bodies.length > 60) outcome = await client.ask('SendMessage', large);
  } while (outcome.kind !== 'answered' || outcome.status === 200);
  assert.equal(outcome.status, 503);
  bodies.forEach((socket) => socket.destroy());
  do outcome = await client.ask('SendMessage', large);
  while (outcome.kind === 'answered' && outcome.status === 503);
  assert.equal(outcome.kind === 'answered' && outcome.status, 200);

  const silent = await opened(port, 100, '');
  using late = new SqsClient(port);
  const turnedAway = await late.ask('ListQueues', {});
  assert.equal(turnedAway.kind === 'answered' && turnedAway.status, 503);
  silent.forEach((socket) => socket.destroy());
  do outcome = await late.ask('ListQueues', {});
  while (outcome.kind !== 'answered' || outcome.status === 503);
  assert.equal(outcome.status, 200);
});
