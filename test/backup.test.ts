import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { freePort, Platform, PROGRAM } from './crash/platform.ts';
import { SqsClient } from './crash/sqs-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-backup-'));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

async function millrace(...words: readonly string[]): Promise<Ended> {
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: child.exitCode, output, complaint };
}

function place(name: string): string {
  return join(folder, name);
}

async function everyBody(port: number): Promise<Set<unknown>> {
  using client = new SqsClient(port);
  const { QueueUrl } = await client.demand('GetQueueUrl', { QueueName: 'q' });
  const bodies = new Set<unknown>();
  for (;;) {
    const { Messages = [] } = await client.demand('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    const messages = Messages as readonly { readonly Body: string }[];
    if (messages.length === 0) return bodies;
    for (const { Body } of messages) bodies.add(Body);
  }
}

test('a copy made under load holds every message acknowledged before, whole functions, and runs', async () => {
  const acknowledged: string[] = [];
  {
    await using platform = await Platform.start({ dataDirectory: place('live'), port: await freePort() });
    const endpoint = `http://127.0.0.1:${platform.port}`;
    mkdirSync(place('fn'));
    writeFileSync(join(place('fn'), 'index.mjs'), 'export const handler = async () => "from the copy";');
    assert.equal((await millrace('deploy', place('fn'), '--endpoint', endpoint)).code, 0);
    using client = new SqsClient(platform.port);
    const { QueueUrl } = await client.demand('CreateQueue', { QueueName: 'q' });
    let stopped = false;
    const sender = async (name: string): Promise<void> => {
      for (let count = 0; !stopped; count += 1) {
        await client.demand('SendMessage', { QueueUrl, MessageBody: `${name}-${count}` });
        acknowledged.push(`${name}-${count}`);
      }
    };
    const senders = ['a', 'b', 'c', 'd'].map(sender);
    while (acknowledged.length < 200) await new Promise(setImmediate);
    const before = acknowledged.length;
    const ended = await millrace('backup', place('copy'), '--data', place('live'));
    stopped = true;
    await Promise.all(senders);
    assert.equal(ended.code, 0, ended.complaint);
    assert.match(ended.output, /copy: [1-9]\d* queues, \d+ messages, \d+\.\d MB\n$/);
    assert.ok(acknowledged.length > before, 'sends went on during the copy');
    acknowledged.length = before;
  }
  await using restored = await Platform.start({ dataDirectory: place('copy'), port: await freePort() });
  const bodies = await everyBody(restored.port);
  assert.deepEqual(
    acknowledged.filter((body) => !bodies.has(body)),
    [],
  );
  const invoked = await millrace('invoke', 'fn', '--endpoint', `http://127.0.0.1:${restored.port}`);
  assert.match(invoked.output, /from the copy/);
});

test('a backup that cannot be made says why, and touches nothing', async () => {
  const refuses = async (target: string, data: string, line: RegExp): Promise<void> => {
    const ended = await millrace('backup', target, '--data', data);
    assert.equal(ended.code, 1);
    assert.match(ended.complaint, line);
  };
  mkdirSync(place('full'));
  writeFileSync(join(place('full'), 'mine'), 'mine');
  mkdirSync(place('damaged'));
  writeFileSync(join(place('damaged'), 'millrace.db'), 'no database');
  await refuses(place('full'), place('copy'), /full is not empty/);
  await refuses(join(place('full'), 'mine'), place('copy'), /mine is a file/);
  await refuses(place('new'), place('nowhere'), /There is no .*nowhere\/millrace\.db/);
  assert.ok(!existsSync(place('new')));
  await refuses(place('newer'), place('damaged'), /millrace\.db is damaged/);
});
