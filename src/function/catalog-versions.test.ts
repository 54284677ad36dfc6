import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { zipSync } from 'fflate';
import { present } from '../base/assert.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { CatalogFunctions } from './catalog-functions.ts';
import { CodeFolders } from './code-folders.ts';
import { MemoryBlobs, MemoryCatalog } from './fixture/memory.ts';
import type { FunctionSettings } from './function.ts';
import { NodeRuntime } from './runtime/node.ts';
import { Runtimes } from './runtime/runtimes.ts';

const KEY = { account: '000000000000', region: 'us-east-1', name: 'f' };
const SETTINGS: FunctionSettings = {
  ...{ runtime: 'nodejs24.x', handler: 'index.handler', role: 'r', description: 'first', timeoutMs: 3000 },
  ...{ memorySizeMb: 128, ephemeralStorageMb: 512, variables: { a: '1' }, tags: {}, architecture: 'x86_64' },
  logFormat: 'Text',
};

let directory: string;
let blobs: MemoryBlobs;
let catalog: MemoryCatalog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'versions-'));
  blobs = new MemoryBlobs();
  catalog = new MemoryCatalog();
});
afterEach(() => rm(directory, { recursive: true }));

async function open(): Promise<CatalogFunctions> {
  const random = new SeededRandom(1);
  const node = new NodeRuntime({ execPath: process.execPath, version: '0', bootstrapFolder: directory });
  const code = await CodeFolders.open({ directory: join(directory, 'code'), blobs, random });
  const parts = { catalog, blobs, code, runtimes: new Runtimes([node]), clock: new ManualClock(), random };
  return CatalogFunctions.open({ ...parts, tell: () => undefined });
}

function zip(text: string): Uint8Array {
  return zipSync({ 'index.js': Buffer.from(text) }, { mtime: '2026-01-01T00:00:00Z' });
}

async function opened(): Promise<CatalogFunctions> {
  const functions = await open();
  assert.ok((await functions.create(KEY, SETTINGS, zip('one'))).ok);
  await functions.settled();
  return functions;
}

async function publish(functions: CatalogFunctions, description?: string): Promise<string> {
  const done = await functions.versions.publish(KEY, description === undefined ? {} : { description });
  assert.ok(done.ok);
  return done.value.version;
}

test('a version keeps code and settings while the function changes, also over a restart', async () => {
  const first = await opened();
  assert.equal(await publish(first, 'kept'), '1');
  const { package: before } = present(first.get(KEY), 'the function');
  await first.changeCode(KEY, zip('two'));
  await first.changeSettings(KEY, { variables: { a: '2' } });
  await first.settled();
  const again = await open();
  await again.settled();
  const version = again.resolve({ ...KEY, qualifier: '1' });
  assert.equal(version?.package.sha256, before.sha256);
  assert.deepEqual(version?.settings.variables, { a: '1' });
  assert.equal(version?.settings.description, 'kept');
  assert.equal(version?.state.kind, 'active');
  assert.ok(blobs.kept.has(before.sha256), 'the code of the version stays');
  assert.equal(await publish(again), '2');
  assert.deepEqual(
    again.versions.of(KEY).map((record) => record.version),
    ['1', '2'],
  );
  assert.deepEqual(
    again.list(KEY.account, KEY.region).map((record) => record.version),
    ['$LATEST'],
  );
});

test('nothing new is published while nothing has changed; a number is never given again', async () => {
  const functions = await opened();
  assert.equal(await publish(functions), '1');
  assert.equal(await publish(functions), '1');
  assert.equal(await publish(functions, 'its own'), '1');
  await functions.changeSettings(KEY, { timeoutMs: 5000 });
  assert.equal(await publish(functions), '2');
  assert.ok((await functions.versions.delete(KEY, '2')).ok);
  assert.equal(await publish(functions), '3');
});

test('another description of the function makes another version; one that a version is published with does not', async () => {
  const functions = await opened();
  assert.equal(await publish(functions), '1');
  await functions.changeSettings(KEY, { description: 'second' });
  assert.equal(await publish(functions, 'of the version'), '2');
  assert.equal(functions.resolve({ ...KEY, qualifier: '2' })?.settings.description, 'of the version');
  assert.equal(await publish(functions), '2');
  assert.equal(await publish(functions, 'another'), '2');
  await functions.changeSettings(KEY, { description: 'of the version' });
  assert.equal(await publish(functions), '3');
});

test('code may be changed for another architecture, in one revision', async () => {
  const functions = await opened();
  const changed = await functions.changeCode(KEY, zip('two'), undefined, 'arm64');
  assert.ok(changed.ok && changed.value.settings.architecture === 'arm64');
  await functions.settled();
  const { settings, revisionId } = present(functions.get(KEY), 'the function');
  assert.deepEqual([settings.architecture, revisionId], ['arm64', changed.value.revisionId]);
});

test('a publication of other code or another revision than expected is refused', async () => {
  const functions = await opened();
  const { sha256 } = present(functions.get(KEY), 'the function').package;
  const other = await functions.versions.publish(KEY, { sha256: 'ab' });
  assert.deepEqual(other, { ok: false, failure: { kind: 'other-code', sha256 } });
  const older = await functions.versions.publish(KEY, { revisionId: 'old' });
  assert.deepEqual(older, { ok: false, failure: { kind: 'revision-mismatch' } });
});

test('an alias names a version, or two of them by weight; a version that an alias names stays', async () => {
  const functions = await opened();
  await publish(functions);
  await functions.changeSettings(KEY, { timeoutMs: 5000 });
  await publish(functions);
  const created = await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
  assert.ok(created.ok);
  assert.equal(functions.resolve({ ...KEY, qualifier: 'live' })?.version, '1');
  assert.deepEqual(await functions.versions.delete(KEY, '1'), {
    ok: false,
    failure: { kind: 'version-in-use', alias: 'live' },
  });
  await functions.aliases.change(KEY, 'live', { additional: { version: '2', weight: 0.25 } });
  const counts = { '1': 0, '2': 0 };
  for (let round = 0; round < 1000; round += 1) {
    const { version } = present(functions.resolve({ ...KEY, qualifier: 'live' }), 'a version');
    counts[version as '1' | '2'] += 1;
  }
  assert.ok(counts['2'] > 180 && counts['2'] < 320, JSON.stringify(counts));
  await functions.aliases.change(KEY, 'live', { additional: null });
  assert.ok((await functions.versions.delete(KEY, '2')).ok);
  const missing = await functions.aliases.create(KEY, 'next', { version: '2', description: '' });
  assert.ok(!missing.ok && missing.failure.kind === 'no-such-version');
});

test('a deletion that a kill interrupted after the function itself had gone is completed at the next start', async () => {
  const first = await opened();
  await publish(first);
  await first.aliases.create(KEY, 'live', { version: '1', description: '' });
  await first[Symbol.asyncDispose]();
  await catalog.remove('functions', 'us-east-1/000000000000/f');
  const functions = await open();
  assert.equal(functions.resolve({ ...KEY, qualifier: '1' }), undefined);
  assert.equal(functions.aliases.get(KEY, 'live'), undefined);
  assert.deepEqual(await catalog.list('aliases'), []);
  assert.deepEqual([(await catalog.list('functions')).length, blobs.kept.size], [0, 0]);
});

test('a function goes with its versions and aliases, whose environments are told', async () => {
  const functions = await opened();
  await publish(functions);
  await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
  const gone: string[] = [];
  functions.listen({
    versionDeleted: ({ version }) => gone.push(version),
    deleted: ({ version }) => gone.push(version),
  });
  assert.ok((await functions.delete(KEY)).ok);
  assert.deepEqual(gone, ['1', '$LATEST']);
  assert.equal(functions.aliases.get(KEY, 'live'), undefined);
  assert.equal(functions.resolve({ ...KEY, qualifier: '1' }), undefined);
  assert.equal(blobs.kept.size, 0);
});

/** What is provisioned where: version, count and alias of each. */
function standing(functions: CatalogFunctions): unknown[] {
  return functions
    .provisioned()
    .map(({ version, provisioned }) => [version, provisioned?.count, provisioned?.alias]);
}

test('what an alias has provisioned moves with it and ends with it; that of a version stays', async () => {
  const functions = await opened();
  await publish(functions);
  await functions.changeSettings(KEY, { timeoutMs: 4000 });
  await publish(functions);
  await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
  await functions.versions.provision(KEY, '1', { count: 3, alias: 'live' });
  const told: unknown[] = [];
  functions.listen({ changed: ({ version, provisioned }) => told.push([version, provisioned?.count]) });
  await functions.aliases.change(KEY, 'live', { description: 'still' });
  assert.deepEqual(standing(functions), [['1', 3, 'live']]);
  await functions.aliases.change(KEY, 'live', { version: '2' });
  assert.deepEqual(standing(functions), [['2', 3, 'live']]);
  assert.deepEqual(told, [
    ['2', 3],
    ['1', undefined],
  ]);
  await functions.versions.provision(KEY, '1', { count: 1 });
  await functions.aliases.delete(KEY, 'live');
  assert.deepEqual(standing(functions), [['1', 1, undefined]]);
});

test('what an alias has provisioned is where it leads also after a kill at any step', async () => {
  const first = await opened();
  await publish(first);
  await first.changeSettings(KEY, { timeoutMs: 4000 });
  await publish(first);
  await first.aliases.create(KEY, 'live', { version: '1', description: '' });
  await first.versions.provision(KEY, '1', { count: 3, alias: 'live' });
  const before = await catalog.list('functions');
  await first.aliases.change(KEY, 'live', { version: '2' });
  await first[Symbol.asyncDispose]();
  const named = (records: typeof before, version: string): (typeof before)[number] =>
    present(
      records.find(({ name }) => name.endsWith(`:${version}`)),
      'a version',
    );
  // Killed before the first step, and between the two.
  const after = await catalog.list('functions');
  for (const second of [named(before, '2'), named(after, '2')]) {
    for (const record of [named(before, '1'), second]) await catalog.put('functions', record);
    await using functions = await open();
    assert.deepEqual(standing(functions), [['2', 3, 'live']]);
  }
});
