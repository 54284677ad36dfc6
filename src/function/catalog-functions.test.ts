import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
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
import { SOME_SETTINGS } from './fixture/some-settings.ts';
import type { FunctionRecord } from './function.ts';
import { NodeRuntime } from './runtime/node.ts';
import { ProvidedRuntime } from './runtime/provided.ts';
import { Runtimes } from './runtime/runtimes.ts';

const KEY = { account: '000000000000', region: 'us-east-1', name: 'f' };

let directory: string;
let blobs: MemoryBlobs;
let catalog: MemoryCatalog;
let random: SeededRandom;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'functions-'));
  blobs = new MemoryBlobs();
  catalog = new MemoryCatalog();
  random = new SeededRandom(1);
});
afterEach(() => rm(directory, { recursive: true }));

async function open(): Promise<CatalogFunctions> {
  const node = new NodeRuntime({ execPath: process.execPath, version: '0', bootstrapFolder: directory });
  const runtimes = new Runtimes([node, new ProvidedRuntime()]);
  const code = await CodeFolders.open({ directory: join(directory, 'code'), blobs, random });
  const tell = (): void => undefined;
  return CatalogFunctions.open({ catalog, blobs, code, runtimes, clock: new ManualClock(), random, tell });
}

function zip(text: string): Uint8Array {
  return zipSync({ 'index.js': Buffer.from(text) }, { mtime: '2026-01-01T00:00:00Z' });
}

async function create(functions: CatalogFunctions, name = 'f', text = 'a'): Promise<FunctionRecord> {
  const created = await functions.create({ ...KEY, name }, SOME_SETTINGS, zip(text));
  if (!created.ok) assert.fail(JSON.stringify(created.failure));
  return created.value;
}

test('a function is pending until its package is ready, then active, in the same revision', async () => {
  await using functions = await open();
  const heard: string[] = [];
  functions.listen({
    created: (record) => heard.push(record.state.kind),
    changed: (now, before) => heard.push(`${before.state.kind}-${now.state.kind}`),
  });
  const created = await create(functions);
  assert.equal(created.state.kind, 'pending');
  await functions.settled();
  const now = present(functions.get(KEY), 'the function');
  assert.equal(now.state.kind, 'active');
  assert.equal(now.revisionId, created.revisionId);
  assert.deepEqual(heard, ['pending', 'pending-active']);
  const folder = join(directory, 'code', now.package.sha256, 'node-1');
  assert.deepEqual(await readdir(folder), ['index.js']);
  assert.deepEqual(Buffer.from(await functions.code(now)), Buffer.from(zip('a')));
});

test('a name is taken once; a broken package is refused and leaves nothing', async () => {
  await using functions = await open();
  await create(functions);
  const again = await functions.create(KEY, SOME_SETTINGS, zip('b'));
  assert.ok(!again.ok && again.failure.kind === 'function-exists');
  const broken = await functions.create({ ...KEY, name: 'g' }, SOME_SETTINGS, Buffer.from('no zip'));
  assert.ok(!broken.ok && broken.failure.kind === 'package-refused');
  assert.equal(functions.get({ ...KEY, name: 'g' }), undefined);
  assert.equal(blobs.kept.size, 1);
});

test('changes need the latest revision, when one is named, and make a new one', async () => {
  await using functions = await open();
  const first = await create(functions);
  const second = await functions.changeSettings(KEY, { timeoutMs: 9000 }, first.revisionId);
  assert.ok(second.ok && second.value.settings.timeoutMs === 9000);
  assert.notEqual(second.value.revisionId, first.revisionId);
  const stale = await functions.changeSettings(KEY, { timeoutMs: 1 }, first.revisionId);
  assert.ok(!stale.ok && stale.failure.kind === 'revision-mismatch');
  const staleCode = await functions.changeCode(KEY, zip('b'), first.revisionId);
  assert.ok(!staleCode.ok && staleCode.failure.kind === 'revision-mismatch');
  const gone = await functions.changeSettings({ ...KEY, name: 'no' }, {});
  assert.ok(!gone.ok && gone.failure.kind === 'no-such-function');
});

test('a URL goes with its alias or function, also when a kill left it', async () => {
  const settings = { authType: 'NONE', invokeMode: 'BUFFERED' } as const;
  const give = (functions: CatalogFunctions, name: string) =>
    functions.urls.create({ function: KEY, name }, settings, 1);
  {
    await using functions = await open();
    await create(functions);
    await functions.settled();
    await functions.versions.publish(KEY, {});
    assert.ok(!(await give(functions, 'live')).ok);
    await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
    for (const name of ['$LATEST', 'live']) assert.ok((await give(functions, name)).ok);
    await functions.aliases.delete(KEY, 'live');
    assert.deepEqual(
      functions.urls.all().map(({ name }) => name),
      ['$LATEST'],
    );
    await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
    assert.equal(functions.urls.get(KEY, 'live'), undefined);
    const left = await catalog.list('function-urls');
    assert.ok((await functions.delete(KEY)).ok);
    assert.deepEqual(functions.urls.all(), []);
    for (const record of left) await catalog.put('function-urls', record);
  }
  await using functions = await open();
  assert.deepEqual(functions.urls.all(), []);
  assert.deepEqual(await catalog.list('function-urls'), []);
});

test('code is tried without a trace: its hash is told, and a broken package is refused', async () => {
  await using functions = await open();
  const first = await create(functions);
  const tried = await functions.tryCode(KEY, zip('b'), first.revisionId);
  assert.ok(tried.ok);
  assert.notEqual(tried.value.package.sha256, first.package.sha256);
  assert.deepEqual(functions.get(KEY)?.package, first.package);
  assert.equal(await blobs.read(tried.value.package.sha256), undefined);
  const changed = await functions.changeCode(KEY, zip('b'));
  assert.ok(changed.ok && changed.value.package.sha256 === tried.value.package.sha256);
  const broken = await functions.tryCode(KEY, Buffer.from('no zip'));
  assert.ok(!broken.ok && broken.failure.kind === 'package-refused');
});

test('policies are kept, and go with the version, alias or function that they belong to', async () => {
  const statement = { Sid: 's', Effect: 'Allow' };
  const names = ['$LATEST', '1', 'live'];
  {
    await using functions = await open();
    await create(functions);
    await functions.versions.publish(KEY, {});
    await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
    for (const name of names) await functions.policies.change(KEY, name, () => [statement]);
  }
  await using functions = await open();
  for (const name of names)
    assert.deepEqual(functions.policies.get(KEY, name)?.statements, [statement], name);
  await functions.aliases.delete(KEY, 'live');
  await functions.aliases.create(KEY, 'live', { version: '1', description: '' });
  assert.equal(functions.policies.get(KEY, 'live'), undefined);
  await functions.aliases.delete(KEY, 'live');
  await functions.versions.delete(KEY, '1');
  assert.equal(functions.policies.get(KEY, '1'), undefined);
  await functions.policies.change(KEY, '1', () => [statement]);
  await functions.delete(KEY);
  await create(functions);
  assert.equal(functions.policies.get(KEY, '$LATEST'), undefined);
});

test('what a kill left of a deleted alias is removed at the next start', async () => {
  {
    await using functions = await open();
    await create(functions);
    await functions.policies.change(KEY, 'gone', () => [{ Sid: 's' }]);
    await functions.policies.change(KEY, '$LATEST', () => [{ Sid: 's' }]);
  }
  await using functions = await open();
  assert.equal(functions.policies.get(KEY, 'gone'), undefined);
  assert.notEqual(functions.policies.get(KEY, '$LATEST'), undefined);
});

test('tags are changed within a revision: what runs is as good as before', async () => {
  await using functions = await open();
  const before = await create(functions);
  const { revisionId, modifiedAtMs } = before;
  const tagged = await functions.tag(KEY, { team: 'a' });
  assert.ok(tagged.ok);
  assert.deepEqual(tagged.value.settings.tags, { team: 'a' });
  assert.deepEqual([tagged.value.revisionId, tagged.value.modifiedAtMs], [revisionId, modifiedAtMs]);
  const gone = await functions.tag({ ...KEY, name: 'no' }, {});
  assert.ok(!gone.ok && gone.failure.kind === 'no-such-function');
});

test('code goes with the last function that uses it', async () => {
  await using functions = await open();
  const { package: shared } = await create(functions, 'f', 'same');
  await create(functions, 'g', 'same');
  await functions.settled();
  const folder = join(directory, 'code', shared.sha256);
  await functions.delete({ ...KEY, name: 'f' });
  assert.ok(existsSync(folder) && blobs.kept.has(shared.sha256));
  await functions.changeCode({ ...KEY, name: 'g' }, zip('other'));
  assert.ok(!existsSync(folder) && !blobs.kept.has(shared.sha256));
});

test('functions are listed by account and region, sorted by name', async () => {
  await using functions = await open();
  for (const name of ['b', 'a', 'c']) await create(functions, name);
  assert.deepEqual(
    functions.list('000000000000', 'us-east-1').map(({ key }) => key.name),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(functions.list('000000000000', 'eu-west-1'), []);
});

test('at a new start pending functions become active, lost folders are made again and stray ones go', async () => {
  const first = await open();
  const { package: kept, ...record } = await create(first);
  await first[Symbol.asyncDispose]();
  const pending = { ...record, package: kept, state: { kind: 'pending' } };
  await catalog.put('functions', { name: 'us-east-1/000000000000/f', value: JSON.stringify(pending) });
  await rm(join(directory, 'code', kept.sha256), { recursive: true });
  const stray = join(directory, 'code', 'b'.repeat(64), 'node-1');
  await mkdir(stray, { recursive: true });
  await using functions = await open();
  await functions.settled();
  assert.equal(functions.get(KEY)?.state.kind, 'active');
  assert.ok(existsSync(join(directory, 'code', kept.sha256, 'node-1', 'index.js')));
  assert.ok(!existsSync(stray));
});

test('a function whose code is lost is failed, and says what to do', async () => {
  const first = await open();
  const { package: kept } = await create(first);
  await first[Symbol.asyncDispose]();
  blobs.kept.clear();
  await rm(join(directory, 'code', kept.sha256), { recursive: true });
  await using functions = await open();
  await functions.settled();
  const state = functions.get(KEY)?.state;
  assert.match(state?.kind === 'failed' ? state.reason : '', /Upload it again/);
  const mended = await functions.changeCode(KEY, zip('new'));
  assert.ok(mended.ok);
  await functions.settled();
  assert.equal(functions.get(KEY)?.state.kind, 'active');
});

test('code that is borrowed stays until it is given back', async () => {
  const code = await CodeFolders.open({ directory: join(directory, 'code'), blobs, random });
  const sha256 = await blobs.put(zip('a'));
  const borrowed = await code.borrow(sha256, new ProvidedRuntime());
  if (!borrowed.ok) assert.fail('not borrowed');
  await code.drop(sha256);
  assert.ok(existsSync(join(borrowed.value.folder, 'index.js')));
  borrowed.value[Symbol.dispose]();
  await code.keepOnly(new Set());
  assert.ok(!existsSync(borrowed.value.folder));
});
