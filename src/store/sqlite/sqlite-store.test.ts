import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DiskFullError } from '../disk-full.ts';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

function temporaryPath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-store-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'millrace.db');
}

async function opened(path: string, more: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const store = await SqliteStore.open({ path, onFatal: (what) => assert.fail(what), ...more });
  assert.ok(store.ok, store.ok ? '' : store.failure.what);
  return store.value;
}

async function refusal(path: string): Promise<{ readonly kind: string; readonly what: string }> {
  const store = await SqliteStore.open({ path, onFatal: (what) => assert.fail(what) });
  assert.ok(!store.ok, 'opened');
  return store.failure;
}

test('records outlive a restart, in order of their names', async (context) => {
  const path = temporaryPath(context);
  {
    await using store = await opened(path);
    await store.catalog.put('function', { name: 'b', value: '1' });
    await store.catalog.put('function', { name: 'a', value: '2' });
    await store.catalog.put('mapping', { name: 'a', value: '3' });
    await store.catalog.put('function', { name: 'b', value: '4' });
  }
  await using store = await opened(path);
  const functions = [
    { name: 'a', value: '2' },
    { name: 'b', value: '4' },
  ];
  assert.deepEqual(await store.catalog.list('function'), functions);
  await store.catalog.remove('function', 'a');
  await store.catalog.remove('function', 'a');
  assert.deepEqual(await store.catalog.list('function'), functions.slice(1));
  assert.equal((await store.catalog.list('mapping')).length, 1);
});

test('each start is a new run', async (context) => {
  const path = temporaryPath(context);
  for (const run of [1, 2, 3]) {
    await using store = await opened(path);
    assert.equal(store.run, run);
  }
});

test('a stopped store leaves one file', async (context) => {
  const path = temporaryPath(context);
  await using store = await opened(path);
  await store[Symbol.asyncDispose]();
  assert.ok(existsSync(path));
  assert.ok(!existsSync(`${path}-wal`));
});

test('what is asked before the end is durable; what is asked afterwards is refused', async (context) => {
  const path = temporaryPath(context);
  const store = await opened(path);
  const written = store.catalog.put('function', { name: 'last', value: '' });
  await store[Symbol.asyncDispose]();
  await written;
  await assert.rejects(store.catalog.list('function'), /closed/);
  await using again = await opened(path);
  assert.equal((await again.catalog.list('function')).length, 1);
});

test('a file of a newer format is refused and left as it is', async (context) => {
  const path = temporaryPath(context);
  await (await opened(path))[Symbol.asyncDispose]();
  edit(path, 'PRAGMA user_version=999');
  const { kind, what } = await refusal(path);
  assert.equal(kind, 'newer-format');
  assert.match(what, /format 999.*Start the newer version/);
});

test("another program's database is refused", async (context) => {
  const path = temporaryPath(context);
  edit(path, 'CREATE TABLE theirs (x)');
  assert.equal((await refusal(path)).kind, 'foreign');
});

test('a file that is no database is refused with how to go on, and left as it is', async (context) => {
  const path = temporaryPath(context);
  const text = 'this was a database once. '.repeat(400);
  writeFileSync(path, text);
  const { kind, what } = await refusal(path);
  assert.equal(kind, 'damaged');
  assert.match(what, /millrace\.db is damaged .*backup.*recover.*start empty/);
  assert.equal(readFileSync(path, 'utf8'), text);
});

test('damage of what every start reads is refused before anything is written', async (context) => {
  const path = temporaryPath(context);
  for (const table of ['platform', 'record', 'queue']) {
    await (await opened(path))[Symbol.asyncDispose]();
    const whole = readFileSync(path);
    overwriteRootPage(path, table);
    const damaged = readFileSync(path);
    assert.equal((await refusal(path)).kind, 'damaged', table);
    assert.deepEqual(readFileSync(path), damaged);
    writeFileSync(path, whole);
  }
});

test('damage that shows only later ends the store', async (context) => {
  const path = temporaryPath(context);
  await (await opened(path))[Symbol.asyncDispose]();
  const { promise, resolve } = Promise.withResolvers<string>();
  const store = await opened(path, { onFatal: resolve });
  overwriteRootPage(path, 'record');
  await assert.rejects(store.catalog.list('function'), { name: 'StoreFailedError' });
  assert.match(await promise, /is damaged/);
  await assert.rejects(store.catalog.list('function'), { name: 'StoreFailedError' });
});

test('a full disk refuses the record, keeps what was there and goes on', async (context) => {
  const path = temporaryPath(context);
  await using store = await opened(path, { settings: { maximumPages: 20 } });
  await store.catalog.put('function', { name: 'small', value: 'x' });
  const large = { name: 'large', value: 'x'.repeat(200_000) };
  await assert.rejects(store.catalog.put('function', large), DiskFullError);
  await store.catalog.put('function', { name: 'small', value: 'y' });
  assert.deepEqual(await store.catalog.list('function'), [{ name: 'small', value: 'y' }]);
});

function edit(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

function overwriteRootPage(path: string, table: string): void {
  using database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table);
  const garbage = Buffer.alloc(4096, 0xa5);
  writeSync(openSync(path, 'r+'), garbage, 0, garbage.length, (Number(row?.['rootpage']) - 1) * 4096);
}
