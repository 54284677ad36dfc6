import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PythonFinder } from '../function/runtime/installed-python.ts';
import { freePort, Platform, PROGRAM } from '../../test/crash/platform.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
const started = freePort().then((port) => Platform.start({ dataDirectory: join(folder, 'data'), port }));
after(async () => {
  await (await started)[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Runs one command against the platform, to its end. */
async function run(words: readonly string[], input = ''): Promise<Ended> {
  const { port } = await started;
  return runAt(`http://127.0.0.1:${port}`, words, input);
}

async function runAt(endpoint: string, words: readonly string[], input = ''): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: folder, MILLRACE_ENDPOINT: endpoint };
  const child = spawn(PROGRAM, words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, complaint };
}

/** Follows the log of a function until a line says so. */
async function logged(name: string, said: RegExp): Promise<void> {
  const { port } = await started;
  const env = { PATH: process.env['PATH'], HOME: folder, MILLRACE_ENDPOINT: `http://127.0.0.1:${port}` };
  const child = spawn(PROGRAM, ['logs', name, '--follow'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) if (said.test(line)) break;
  child.kill();
  await once(child, 'close');
}

/** One line of complaint, the exit code, and nothing on standard output. */
function assertRefused(ended: Ended, code: number, line: RegExp): void {
  assert.deepEqual([ended.code, ended.out], [code, ''], ended.complaint);
  assert.match(ended.complaint, line);
  assert.doesNotMatch(ended.complaint, /\n {4}at /);
}

function makeFunction(name: string, source: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'index.ts'), source);
  return path;
}

const COMMANDS = [
  'up',
  'deploy',
  'invoke',
  'send',
  'receive',
  'peek',
  'redrive',
  'purge',
  'remove',
  'backup',
  'keys',
  'queues',
  'functions',
  'runtimes',
  'logs',
  'status',
];

test('every command explains itself, with an example', async () => {
  const helps = await Promise.all(COMMANDS.map((command) => runAt('', [command, '--help'])));
  helps.forEach(({ code, out }, n) => {
    assert.equal(code, 0);
    assert.ok(out.startsWith(`Usage: millrace ${COMMANDS[n]} `), out);
    assert.ok(out.includes(`$ millrace ${COMMANDS[n]}`), out);
  });
});

test('a word that is no command or option ends with 2 and what was meant', async () => {
  assertRefused(await run(['statsu']), 2, /unknown command 'statsu'\n\(Did you mean status\?\)/);
  assertRefused(await run(['receive', 'any', '--wiat', '1']), 2, /Did you mean --wait/);
  assertRefused(await run(['send']), 2, /missing required argument 'queue'/);
});

test('a value that an option does not take ends with 2 and what it takes', async () => {
  assertRefused(
    await run(['receive', 'any', '--wait', '21']),
    2,
    /^millrace: --wait takes 0 to 20; got "21"\.\n$/,
  );
  assertRefused(await run(['send', 'any', 'x', '--delay', '901']), 2, /^millrace: --delay takes 0 to 900/);
  assertRefused(await run(['queues', '--endpoint', 'localhost:1']), 2, /^millrace: --endpoint takes a URL/);
  const deploy = (...words: readonly string[]) => run(['deploy', folder, ...words]);
  assertRefused(await deploy('--queue', 'my orders'), 2, /^millrace: --queue takes a name .*got "my orders"/);
  assertRefused(await deploy('--tries', '3'), 2, /^millrace: --tries needs --dead-letters/);
  assertRefused(await deploy('--dead-letters', 'x'), 2, /^millrace: --dead-letters needs --queue/);
  assertRefused(await deploy('--retry-at-most', '3'), 2, /^millrace: --retry-at-most needs --retry-after/);
  assertRefused(await deploy('--retry-after', '0'), 2, /^millrace: --retry-after takes 1 to 43200/);
  assertRefused(await deploy('--queue', 'a', '--dead-letters', 'a'), 2, /another queue than --queue/);
  assertRefused(await deploy('--queue', 'a.fifo', '--dead-letters', 'b'), 2, /both .* end in \.fifo/);
  assertRefused(await deploy('--name', 'my function'), 2, /^millrace: --name takes 1 to 64 .*"my function"/);
  const spaced = join(folder, 'a b');
  mkdirSync(spaced);
  assertRefused(await run(['deploy', spaced]), 2, /^millrace: The folder's name, "a b", .* --name/);
  assertRefused(
    await run(['send', 'any.fifo', 'x']),
    2,
    /^millrace: any\.fifo keeps an order: .* --group ID/,
  );
  assertRefused(await run(['remove']), 2, /^millrace: Name what to delete/);
  assertRefused(await run(['up', '--port', 'x']), 2, /^millrace: --port takes a whole number/);
});

test('where nothing listens, every command says how to start the platform', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  for (const words of [['queues'], ['status'], ['invoke', 'x']]) {
    assertRefused(await runAt(nowhere, words), 1, /^millrace: Nothing answers .* "millrace up".*\n$/);
  }
});

test('what is not there is named in one line', async () => {
  assertRefused(await run(['send', 'gone', 'x']), 1, /^millrace: There is no queue gone\..*\n$/);
  assertRefused(await run(['invoke', 'gone']), 1, /^millrace: There is no function gone\..*\n$/);
  assertRefused(await run(['remove', 'gone']), 1, /^millrace: There is no function gone\..*\n$/);
  assertRefused(await run(['remove', '--queue', 'gone']), 1, /^millrace: There is no queue gone\..*\n$/);
  assert.equal((await run(['queues', 'gone'])).out, "No queue's name starts with gone.\n");
  assertRefused(await run(['logs', 'gone']), 1, /^millrace: There is no function gone .*\n$/);
  assertRefused(await run(['deploy', join(folder, 'gone')]), 1, /^millrace: .*gone is not a folder\.\n$/);
});

test('a TypeScript folder becomes a function that its queue triggers, and can be brought again', async () => {
  const source = `export const handler = async (event: { n?: number }): Promise<unknown> => {
    console.log('seen', process.env['COLOUR']);
    if (event.n === 0) throw new Error('no zero');
    return event.n ?? 'batch';
  };`;
  const path = makeFunction('greet', source);
  const first = await run(['deploy', path, '--queue', 'greetings', '--env', 'COLOUR=red']);
  assert.equal(first.code, 0, first.complaint);
  assert.match(first.out, /greet is ready\.\n$/);
  const answer = await run(['invoke', 'greet', '{"n": 7}', '--log']);
  assert.deepEqual([answer.code, answer.out], [0, '7\n']);
  assert.match(answer.complaint, /INFO\tseen red\n.*END RequestId/s);
  const failed = await run(['invoke', 'greet', '-'], '{"n": 0}');
  assert.equal(failed.code, 1);
  assert.equal((JSON.parse(failed.out) as { errorMessage: string }).errorMessage, 'no zero');
  const again = await run(['deploy', path, '--queue', 'greetings', '--batch-size', '100']);
  assert.equal(again.code, 0, again.complaint);
  const patient = ['deploy', path, '--queue', 'greetings', '--retry-after', '5'];
  const refused = await run([...patient, '--retry-at-most', '4']);
  assert.match(refused.complaint, /greater than or equal to 5/);
  assert.equal((await run([...patient, '--retry-at-most', '60'])).code, 0);
  const { port } = await started;
  const mappings = await fetch(
    `http://127.0.0.1:${port}/2015-03-31/event-source-mappings?FunctionName=greet`,
  );
  assert.match(await mappings.text(), /"RetryBackoff":\{"FirstDelaySeconds":5,"LongestDelaySeconds":60\}/);
  assert.equal((await run(['invoke', 'greet', '{"n": 8}', '--log'])).complaint.includes('seen red'), true);
  const listed = await run(['functions']);
  assert.match(listed.out, /greet +nodejs24\.x +128 +3 +greetings \(\w+\)\n/);
  const log = await run(['logs', 'greet']);
  assert.match(log.out, /seen red/);
});

test('the runtimes are listed with what runs each of them here, and what is missing with what brings it', async () => {
  const listed = await run(['runtimes']);
  assert.equal(listed.code, 0, listed.complaint);
  assert.match(listed.out, /^RUNTIME +RUNS +ON\n/);
  assert.match(listed.out, /^nodejs\S+(, \S+)* +yes +Node \d+\.\d+\.\d+ at \/.+$/m);
  const json = await run(['runtimes', '--json']);
  const reports = JSON.parse(json.out) as { runtimes: string[]; available: boolean; sentence: string }[];
  const named = reports.flatMap(({ runtimes }) => runtimes);
  for (const name of ['nodejs24.x', 'python3.13', 'java21', 'ruby3.4', 'provided.al2023'])
    assert.ok(named.includes(name), name);
  assert.equal(new Set(named).size, named.length);
  for (const { available, sentence } of reports) assert.match(sentence, available ? /./ : /apt|install/);
});

test('the example greets whoever a message of its queue names, and whoever a call names', async () => {
  const example = fileURLToPath(new URL('../../examples/hello', import.meta.url));
  const deployed = await run(['deploy', example, '--queue', 'hellos']);
  assert.deepEqual(
    [deployed.code, deployed.out.split('\n').at(-2)],
    [0, 'hello is ready.'],
    deployed.complaint,
  );
  assert.equal((await run(['send', 'hellos', '{"name": "Ada"}'])).code, 0);
  await logged('hello', /^\S+ .*Hello, Ada!$/);
  const answer = await run(['invoke', 'hello', '{"name": "Grace"}']);
  assert.deepEqual([answer.code, answer.out], [0, '{"greeting":"Hello, Grace!"}\n']);
});

test('a folder of TypeScript becomes a function as it is, and a batch reports its bad record', async () => {
  const example = fileURLToPath(new URL('../../examples/node', import.meta.url));
  const deployed = await run(['deploy', example, '--name', 'ts-orders', '--queue', 'ts-orders']);
  assert.equal(deployed.code, 0, deployed.complaint);
  const answer = await run(['invoke', 'ts-orders', '{"items": [{"price": 2, "count": 3}, {"price": 1}]}']);
  assert.deepEqual([answer.code, answer.out], [0, '{"total":7}\n']);
  const records = ['{"items": [{"price": 5}]}', 'no order'].map((body, n) => ({
    messageId: String(n),
    body,
  }));
  const batch = await run(['invoke', 'ts-orders', '-', '--log'], JSON.stringify({ Records: records }));
  assert.equal(batch.out, '{"batchItemFailures":[{"itemIdentifier":"1"}]}\n');
  assert.match(batch.complaint, /\tINFO\t0: 5\.00\n.*\tERROR\t1: SyntaxError: /);
});

test('a Python folder becomes a function of the version that is installed, and a batch reports its bad record', async (t) => {
  const python = await new PythonFinder().find('3.11');
  if (python === undefined) return t.skip('there is no Python on this machine');
  const example = fileURLToPath(new URL('../../examples/python', import.meta.url));
  const deployed = await run(['deploy', example, '--name', 'orders', '--queue', 'orders']);
  assert.equal(deployed.code, 0, deployed.complaint);
  const listed = await run(['functions']);
  assert.match(listed.out, new RegExp(`^orders +python3\\.${python.minor.slice(2)} `, 'm'));
  const answer = await run(['invoke', 'orders', '{"items": [{"price": 2, "count": 3}, {"price": 1}]}']);
  assert.deepEqual([answer.code, answer.out], [0, '{"total": 7}\n']);
  const records = ['{"items": [{"price": 5}]}', 'no order'].map((body, n) => ({
    messageId: String(n),
    body,
  }));
  const batch = await run(['invoke', 'orders', '-', '--log'], JSON.stringify({ Records: records }));
  assert.equal(batch.out, '{"batchItemFailures": [{"itemIdentifier": "1"}]}\n');
  assert.match(batch.complaint, /^0: 5\.00\n1: JSONDecodeError: /m);
  const other = await run([
    'deploy',
    example,
    '--name',
    'other',
    '--runtime',
    'python3.9',
    '--handler',
    'x.y',
  ]);
  const isNine = python.minor === '3.9';
  assert.equal(/^python3\.9 runs here on Python 3\./m.test(other.out), !isNine, other.out);
});

test('what is sent is counted, received and deleted', async () => {
  const path = makeFunction('make', 'export const handler = async () => 1;');
  assert.equal((await run(['deploy', path, '--queue', 'other'])).code, 0);
  const sent = await run(['send', 'other', '--delay', '900', '--attribute', 'kind=late'], 'from a pipe');
  assert.match(sent.out, /^[0-9a-f-]{36}\n$/);
  const queues = await run(['queues', 'oth', '--json']);
  assert.deepEqual(JSON.parse(queues.out), [{ name: 'other', waiting: 0, inFlight: 0, delayed: 1 }]);
  const received = await run(['receive', 'other', '--delete']);
  assert.deepEqual([received.code, received.out], [0, '']);
  const status = JSON.parse((await run(['status', '--json'])).out) as { figures: { messagesSent: number } };
  assert.ok(status.figures.messagesSent >= 1);
});

test('a FIFO queue triggers a function in order, and both go again', async () => {
  const source =
    'export const handler = async (event) => console.log(`one\\rtwo ${event.Records?.[0].body}`);';
  const path = makeFunction('ordered', source);
  const deployed = await run(['deploy', path, '--queue', 'o.fifo', '--dead-letters', 'dead.fifo']);
  assert.equal(deployed.code, 0, deployed.complaint);
  const group = ['--group', 'g'];
  assert.equal((await run(['send', 'o.fifo', 'first', ...group])).code, 0);
  const same = ['send', 'o.fifo', 'x', ...group, '--deduplication-id', '1'];
  assert.equal((await run(same)).out, (await run(same)).out);
  await logged('ordered', /^two first$/);
  const [found] = (
    JSON.parse((await run(['functions', '--json'])).out) as { name: string; queues: object[] }[]
  ).filter(({ name }) => name === 'ordered');
  assert.match(JSON.stringify(found), /"timeoutS":3,"queues":\[\{"name":"o\.fifo","state":"Enabled"/);
  const removed = await run(['remove', 'ordered', '--queue', 'o.fifo']);
  assert.equal(removed.out, 'ordered is deleted.\nQueue o.fifo is deleted.\n', removed.complaint);
  assert.doesNotMatch((await run(['functions'])).out, /ordered/);
  const { port } = await started;
  const mappings = await fetch(`http://127.0.0.1:${port}/2015-03-31/event-source-mappings`);
  assert.doesNotMatch(await mappings.text(), /ordered/);
});

test('messages are looked at without being taken, moved out of a dead-letter queue, and purged', async () => {
  const { port } = await started;
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new SQSClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials });
  await client.send(new CreateQueueCommand({ QueueName: 'letters-dead' }));
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:letters-dead',
    maxReceiveCount: 1,
  });
  await client.send(new CreateQueueCommand({ QueueName: 'letters', Attributes: { RedrivePolicy } }));
  client.destroy();
  await run(['send', 'letters-dead', 'one\u009b2J\nline']);
  await run(['send', 'letters-dead', 'two', '--delay', '900']);
  const peeked = await run(['peek', 'letters-dead']);
  assert.match(peeked.out, /^SENT +RECEIVED +STANDING +BODY\n\S+ +0 +waiting +one 2J line\n$/);
  const hidden = await run(['peek', 'letters-dead', '--hidden', '--json']);
  const bodies = hidden.out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { body: string }).body);
  assert.deepEqual(bodies, ['one\u009b2J\nline', 'two']);
  assertRefused(await run(['redrive', 'letters-dead']), 1, /^millrace: 0 of 1 messages moved.*--to\.\n$/);
  assertRefused(
    await run(['redrive', 'letters']),
    1,
    /^millrace: .*must be configured as a Dead Letter Queue/,
  );
  assertRefused(await run(['redrive', 'letters-dead', '--cancel']), 1, /^millrace: Nothing is being moved/);
  assertRefused(await run(['redrive', 'letters-dead', '--rate', '501']), 2, /--rate takes 1 to 500/);
  const moved = await run(['redrive', 'letters-dead', '--to', 'letters']);
  assert.deepEqual([moved.code, moved.out], [0, '1 of 1 messages moved.\n'], moved.complaint);
  assert.match((await run(['peek', 'letters'])).out, /waiting +one/);
  assert.equal((await run(['purge', 'letters'])).out, 'letters is empty.\n');
  assert.equal((await run(['peek', 'letters'])).out, 'Nothing is to be seen in letters.\n');
  assertRefused(await run(['peek', 'gone']), 1, /^millrace: There is no queue gone in us-east-1\.\n$/);
  assertRefused(await run(['send', 'letters']), 1, /^millrace: The message is empty: .*\n$/);
  assertRefused(await run(['purge', 'gone']), 1, /^millrace: There is no queue gone\./);
});
