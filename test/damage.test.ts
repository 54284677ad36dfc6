import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { freePort, Platform, PROGRAM } from './crash/platform.ts';
import { SqsClient } from './crash/sqs-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-damage-'));
after(() => rmSync(folder, { recursive: true }));
const whole = join(folder, 'whole');
const PAGE_BYTES = 4096;

before(async () => {
  await using platform = await Platform.start({ dataDirectory: whole, port: await freePort() });
  using client = new SqsClient(platform.port);
  await client.demand('CreateQueue', { QueueName: 'q' });
  const QueueUrl = 'http://any/000000000000/q';
  for (let n = 0; n < 150; n += 1) await client.demand('SendMessage', { QueueUrl, MessageBody: marked(n) });
});

/** A body that is found in the file. */
function marked(n: number): string {
  return `message ${n}.`.padEnd(500, 'x');
}

/** A copy of the data directory, changed: the path of its database. */
function copy(name: string, change: (databasePath: string) => void): string {
  const path = join(folder, name);
  cpSync(whole, path, { recursive: true });
  change(join(path, 'millrace.db'));
  return path;
}

function overwrite(path: string, page: number): void {
  writeSync(openSync(path, 'r+'), Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES);
}

function rootPage(path: string, table: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  return Number(
    database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage'],
  );
}

/** The page of the messages that holds this text: copies of it may stand elsewhere. */
function pageWith(path: string, text: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  const pages = database
    .prepare("SELECT pageno FROM dbstat WHERE name IN ('message', 'bundle_content')")
    .all();
  const file = readFileSync(path);
  const page = pages
    .map(({ pageno }) => Number(pageno))
    .find((number) => file.subarray((number - 1) * PAGE_BYTES, number * PAGE_BYTES).includes(text));
  assert.ok(page !== undefined, 'the text is there');
  return page;
}

async function refusal(dataDirectory: string): Promise<string> {
  const words = ['up', '--port', '0', '--data', dataDirectory];
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return `${child.exitCode} ${complaint}`;
}

test('a damaged database refuses the start, says what is damaged and how to get on, and is left as it is', async () => {
  const damaged = [
    copy('no-header', (path) => overwrite(path, 1)),
    copy('cut', (path) => truncateSync(path, 3 * PAGE_BYTES)),
    copy('no-queues', (path) => overwrite(path, rootPage(path, 'queue'))),
    copy('no-catalog', (path) => overwrite(path, rootPage(path, 'record'))),
    copy('no-run', (path) => overwrite(path, rootPage(path, 'platform'))),
  ];
  for (const path of damaged) {
    const file = join(path, 'millrace.db');
    const before = readFileSync(file);
    assert.match(
      await refusal(path),
      /^1 millrace: \S+millrace\.db is damaged \(SQLite: .+\)\. Restore the data directory from a backup; or .*\.recover.*start empty\.\n$/,
      path,
    );
    assert.ok(before.equals(readFileSync(file)), `${path} is as it was`);
  }
});

test('a data directory of a newer program, or of another one, refuses the start and is left as it is', async () => {
  const change = (sql: string) => (path: string) => {
    using database = new DatabaseSync(path);
    database.exec(sql);
  };
  const newer = copy('newer', change('PRAGMA user_version = 999'));
  assert.match(
    await refusal(newer),
    /^1 millrace: .* was written by a newer Millrace \(format 999; this one reads up to \d+\)\. .*Nothing was changed\.\n$/,
  );
  const foreign = copy('foreign', change('PRAGMA application_id = 1'));
  assert.match(
    await refusal(foreign),
    /^1 millrace: .* is a database of another program\. .*--data DIR\.\n$/,
  );
});

test('damage in a message that shows only later ends the program with the same sentence, and nothing is answered as done', async () => {
  const path = copy('late', (file) => {
    // Not in the first row of its table, which every start looks at.
    overwrite(file, pageWith(file, 'message 120.'));
  });
  const port = await freePort();
  const words = ['up', '--port', String(port), '--data', path];
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaint = text(child.stderr);
  await once(child.stdout, 'data');
  using client = new SqsClient(port);
  const QueueUrl = 'http://any/000000000000/q';
  const ended = once(child, 'close');
  const outcome = await client.ask('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 });
  assert.notEqual(outcome.kind === 'answered' && outcome.status, 200);
  await ended;
  assert.equal(child.exitCode, 70);
  assert.match(await complaint, /millrace\.db is damaged .*The platform stops at once/s);
});
