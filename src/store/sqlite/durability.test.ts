import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MessageId, QueueId } from '../../base/ids.ts';
import type { Change } from '../change.ts';
import type { QueueStore } from '../queue-store.ts';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

const QUEUE = 1 as QueueId;
const WRITTEN: Change = { kind: 'queue-written', queue: QUEUE, definition: '' };

/** Where messages stand. */
const TABLES = ['message', 'standing', 'bundle', 'bundle_content'];

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-durable-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function opened(directory: string, more: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const path = join(directory, 'millrace.db');
  const store = await SqliteStore.open({ path, onFatal: (what) => assert.fail(what), ...more });
  assert.ok(store.ok, store.ok ? '' : store.failure.what);
  return store.value;
}

function added(order: number, sizeBytes = 10): Change {
  const body = 'x'.repeat(sizeBytes);
  const id = '' as MessageId;
  const message = { id, body, bodyMd5: '', attributes: {}, sizeBytes, sentAtMs: 1, senderId: '' };
  const state = {
    ...{ visibleAtMs: 1, receiveCount: 0, firstReceivedAtMs: 0, leasedAtMs: 0 },
    holder: 'nobody',
  } as const;
  return { kind: 'message-added', queue: QUEUE, order, message, state };
}

async function ordersOf(store: QueueStore): Promise<number[]> {
  const after = { visibleAtMs: 0, order: 0 };
  const limits = { visibleBeforeMs: Infinity, limit: 1e6, limitSizeBytes: 1e9 };
  return [...(await store.page({ queue: QUEUE, after, ...limits })).messages].map(({ order }) => order);
}

function rows(directory: string, table: string): number {
  using database = new DatabaseSync(join(directory, 'millrace.db'), { readOnly: true });
  return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
}

test('a killed writer loses nothing that it said is durable', async (context) => {
  const directory = temporary(context);
  const program = fileURLToPath(new URL('fixtures/commit-until-killed.ts', import.meta.url));
  const writer = spawn(process.execPath, [program, join(directory, 'millrace.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'exit');
  const said: number[] = [];
  for await (const line of createInterface(writer.stdout)) {
    said.push(Number(line));
    if (said.length === 300) writer.kill('SIGKILL');
  }
  await ended;
  await using store = await opened(directory);
  const kept = await ordersOf(store.queues);
  assert.deepEqual(kept.slice(0, said.length), said);
  assert.ok(kept.length <= said.length + 1, `${kept.length} kept, ${said.length} said`);
});

test('a group that finds no room is rolled back whole, and smaller ones go on', async (context) => {
  await using store = await opened(temporary(context), { settings: { maximumPages: 40 } });
  const { queues } = store;
  assert.equal(await queues.commit([WRITTEN, added(1)], 1), 'committed');
  const other: Change = { kind: 'queue-written', queue: 2 as QueueId, definition: '' };
  assert.equal(await queues.commit([other, added(2), added(3, 500_000)], 2), 'disk-full');
  assert.equal(await queues.reload(2 as QueueId, 1), undefined);
  assert.equal(
    await queues.commit([added(4), { kind: 'message-removed', queue: QUEUE, order: 1 }], 3),
    'committed',
  );
  assert.deepEqual(await ordersOf(queues), [4]);
});

test('groups handed over before a full disk was heard of are refused with it, later ones are not', async (context) => {
  await using store = await opened(temporary(context), { settings: { maximumPages: 40 } });
  const { queues } = store;
  assert.equal(await queues.commit([WRITTEN], 1), 'committed');
  const tooLarge = queues.commit([added(1, 500_000)], 2);
  const behind = [queues.commit([added(2)], 3), queues.commit([added(3)], 4)];
  assert.equal(await tooLarge, 'disk-full');
  const after = queues.commit([added(4)], 5);
  assert.deepEqual(await Promise.all(behind), ['disk-full', 'disk-full']);
  assert.equal(await after, 'committed');
  assert.deepEqual(await ordersOf(queues), [4]);
});

test('purged and deleted contents are swept, and their room is used again', async (context) => {
  const directory = temporary(context);
  await using store = await opened(directory);
  // Long ones have rows of their own.
  const many = Array.from({ length: 300 }, (_, index) => added(index + 1, index % 90 === 0 ? 6000 : 10));
  await store.queues.commit([WRITTEN, ...many], 1);
  assert.equal((await ordersOf(store.queues)).length, 300);
  assert.ok(TABLES.every((table) => rows(directory, table) > 0));
  await store.queues.commit([{ kind: 'purged', queue: QUEUE, throughOrder: 300 }], 2);
  const left = (): number => TABLES.reduce((sum, table) => sum + rows(directory, table), 0);
  for (let atMs = 3; left() > 0; atMs++) {
    await store.queues.commit([], atMs);
  }
  await store.queues.commit([added(301)], 1000);
  await store.queues.commit([{ kind: 'purged', queue: QUEUE, throughOrder: 301 }], 1001);
  await store.queues.commit([added(302)], 1002);
  assert.deepEqual(await ordersOf(store.queues), [302]);
});

test('space below the reserve is told', async (context) => {
  const directory = temporary(context);
  await using roomy = await opened(directory, { reserveBytes: 0 });
  assert.equal(roomy.queues.spaceIsLow(), false);
  await using cramped = await opened(temporary(context), { reserveBytes: Number.MAX_SAFE_INTEGER });
  assert.equal(cramped.queues.spaceIsLow(), true);
});

test('a disk that is really full keeps what is durable and goes on when there is room', async (context) => {
  const directory = temporary(context);
  const unmounted = mountSmall(directory);
  if (unmounted !== undefined) return context.skip(unmounted);
  using mounted = new DisposableStack();
  mounted.defer(() => spawnSync('umount', [directory]));
  await using store = await opened(directory, { reserveBytes: 1_000_000 });
  const filler = join(directory, 'filler');
  writeFileSync(filler, Buffer.alloc(2_000_000));
  assert.equal(await store.queues.commit([WRITTEN], 1), 'committed');
  const kept: number[] = [];
  for (let order = 1; ; order++) {
    if ((await store.queues.commit([added(order, 50_000)], order + 1)) === 'disk-full') break;
    kept.push(order);
  }
  assert.ok(kept.length > 10, `${kept.length} groups before the disk was full`);
  assert.equal(store.queues.spaceIsLow(), true);
  assert.deepEqual(await ordersOf(store.queues), kept);
  rmSync(filler);
  assert.equal(await store.queues.commit([added(1000)], 1001), 'committed');
  assert.deepEqual(await ordersOf(store.queues), [...kept, 1000]);
});

/** Mounts a disk of 6 MB; else why not. Continuous integration as root must be able to. */
function mountSmall(directory: string): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can mount a small disk';
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', directory], {
    encoding: 'utf8',
  });
  if (mount.status === 0) return undefined;
  assert.notEqual(process.env['CI'], 'true', `a small disk cannot be mounted: ${mount.stderr}`);
  return `a small disk cannot be mounted here: ${mount.stderr}`;
}
