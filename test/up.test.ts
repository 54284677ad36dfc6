import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { freePort, Platform, PROGRAM } from './crash/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-up-'));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly complaint: string;
}

/** Runs the program to its end. One that starts where it should refuse is ended by the limit of the test. */
async function run(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: folder, ...variables };
  const child = spawn(PROGRAM, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, complaint };
}

async function assertRefuses(words: readonly string[], code: number, line: RegExp): Promise<void> {
  const ended = await run(['up', ...words]);
  assert.equal(ended.code, code, ended.complaint);
  assert.match(ended.complaint, line);
  assert.equal(ended.complaint.trimEnd().split('\n').length, 1, ended.complaint);
}

function place(name: string): string {
  return join(folder, name);
}

test('a taken port and a data directory in use are named, and who has them is left in peace', async () => {
  const port = await freePort();
  await using running = await Platform.start({ dataDirectory: place('taken'), port });
  const sqs = clientsOf(running.port, 'any', 'any').sqs;
  await assertRefuses(
    ['--data', place('other'), '--port', String(port)],
    1,
    /^millrace: Port \d+ of 127\.0\.0\.1 is taken: .* --port\.\n$/,
  );
  await assertRefuses(
    ['--data', place('taken'), '--port', '0'],
    1,
    new RegExp(
      `^millrace: The data directory is in use by process ${running.processId}: .* --data DIR\\.\n$`,
    ),
  );
  await sqs.send(new CreateQueueCommand({ QueueName: 'still-here' }));
  sqs.destroy();
});

test('a data directory that cannot be one is refused, and what is in it is not touched', async () => {
  writeFileSync(place('file'), '');
  mkdirSync(place('damaged'));
  writeFileSync(join(place('damaged'), 'millrace.db'), 'not a database, but somebody may need it');
  await assertRefuses(['--data', place('file'), '--port', '0'], 1, /is not a folder/);
  await assertRefuses(['--data', join(place('file'), 'x'), '--port', '0'], 1, /cannot be made: a file/);
  await assertRefuses(['--data', '/proc/millrace', '--port', '0'], 1, /^millrace: The data directory/);
  await assertRefuses(['--data', place('damaged'), '--port', '0'], 1, /millrace\.db is damaged .*backup/);
});

test('other machines are let in with access keys alone, and those must be kept from other users', async () => {
  const open = ['--listen', '0.0.0.0', '--port', '0', '--data', place('open')];
  await assertRefuses(open, 2, /^millrace: Listening on 0\.0\.0\.0 .*--keys FILE/);
  writeFileSync(place('keys'), '{"ADMIN": "open-sesame"}');
  chmodSync(place('keys'), 0o644);
  await assertRefuses([...open, '--keys', place('keys')], 2, /Other users can read .* chmod 600/);
  await assertRefuses([...open, '--keys', place('gone')], 2, /^millrace: The key file cannot be read/);
});

test('with access keys a request needs the right signature, but for a link to code, which has its own token', async () => {
  const keys = place('right-keys');
  writeFileSync(keys, '{"ADMIN": "open-sesame"}', { mode: 0o600 });
  const port = await freePort();
  await using running = await Platform.start({
    dataDirectory: place('keyed'),
    port,
    flags: ['--listen', '0.0.0.0', '--keys', keys],
  });
  assert.equal(running.port, port);
  const endpoint = `http://127.0.0.1:${port}`;
  const right = clientsOf(port, 'ADMIN', 'open-sesame');
  const wrong = clientsOf(port, 'ADMIN', 'open-sesam');
  const unknown = clientsOf(port, 'NOBODY', 'open-sesame');
  await right.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  await assert.rejects(wrong.sqs.send(new CreateQueueCommand({ QueueName: 'w' })), refusedWith(403));
  await assert.rejects(unknown.sqs.send(new CreateQueueCommand({ QueueName: 'u' })), refusedWith(403));
  assert.equal((await fetch(`${endpoint}/_millrace/status`)).status, 403);

  const credentials = { AWS_ACCESS_KEY_ID: 'ADMIN', AWS_SECRET_ACCESS_KEY: 'open-sesame' };
  const variables = { MILLRACE_ENDPOINT: endpoint, ...credentials };
  assert.deepEqual(await run(['status'], variables), { code: 0, complaint: '' });
  const stranger = await run(['status'], { MILLRACE_ENDPOINT: endpoint });
  assert.equal(stranger.code, 1);
  assert.match(stranger.complaint, /^millrace: .+\n$/);
  mkdirSync(place('fn'));
  writeFileSync(join(place('fn'), 'index.mjs'), 'export const handler = async () => 1;');
  assert.deepEqual(await run(['deploy', place('fn')], variables), { code: 0, complaint: '' });
  const { Code } = await right.lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }));
  const link = Code?.Location ?? '';
  assert.equal((await fetch(link)).headers.get('content-type'), 'application/zip');
  assert.equal((await fetch(link.replace(/token=.{4}/, 'token=0000'))).status, 403);
  for (const { sqs, lambda } of [right, wrong, unknown]) [sqs, lambda].forEach((client) => client.destroy());
});

test('addresses that clients are given begin as the owner says', async () => {
  const port = await freePort();
  const flags = ['--public-url', `http://queues.localhost:${port}`];
  await using running = await Platform.start({ dataDirectory: place('public'), port, flags });
  const { sqs, lambda } = clientsOf(running.port, 'any', 'any');
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  assert.equal(QueueUrl, `http://queues.localhost:${port}/000000000000/q`);
  [sqs, lambda].forEach((client) => client.destroy());
});

function refusedWith(status: number): (error: unknown) => boolean {
  return (error) =>
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === status;
}

function clientsOf(port: number, accessKeyId: string, secretAccessKey: string): Clients {
  const options = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId, secretAccessKey },
  };
  return { sqs: new SQSClient(options), lambda: new LambdaClient(options) };
}

interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
}
