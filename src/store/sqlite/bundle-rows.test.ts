import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Change } from '../change.ts';
import {
  addedAt,
  LEASED,
  line,
  moved,
  NOW_MS,
  ordersOf,
  plain,
  purged,
  QUEUE,
  removed,
  visibleAt,
  written,
} from '../contract.facts.ts';
import { Killable } from './fixtures/killable.ts';
import { Tables } from './fixtures/tables.ts';
import { SqliteStore } from './sqlite-store.ts';

const SIZES = { fewest: 3, most: 4 };

function added(from: number, count: number): Change[] {
  return Array.from({ length: count }, (_, index) => addedAt(from + index, plain(`body ${from + index}`)));
}

function rows(tables: Tables): number[] {
  tables.page(line());
  return ['bundle', 'bundle_content', 'standing', 'message'].map((table) => tables.rows(table));
}

test('messages that wait stand many to a row, and too few of them in rows of their own', () => {
  using tables = new Tables(SIZES);
  tables.commit([written(QUEUE, ''), ...added(1, 9)]);
  assert.deepEqual(rows(tables), [2, 2, 1, 1]);
  tables.commit(added(10, 2));
  assert.deepEqual(rows(tables), [2, 2, 3, 3]);
});

test('what goes is marked, the last that goes takes the row along, and a message that is touched gets rows', () => {
  using tables = new Tables(SIZES);
  tables.commit([written(QUEUE, ''), ...added(1, 4)]);
  assert.deepEqual(rows(tables), [1, 1, 0, 0]);
  tables.commit([removed(1), removed(3)]);
  assert.deepEqual(rows(tables), [1, 1, 0, 0]);
  tables.commit([moved(2, LEASED)]);
  assert.deepEqual(rows(tables), [1, 1, 1, 1]);
  assert.deepEqual(tables.read([1, 2, 3, 4]), [
    { order: 2, message: plain('body 2'), state: LEASED },
    { order: 4, message: plain('body 4'), state: visibleAt(NOW_MS) },
  ]);
  tables.commit([removed(4)]);
  assert.deepEqual(rows(tables), [0, 0, 1, 1]);
  tables.commit([removed(2)]);
  assert.deepEqual(rows(tables), [0, 0, 0, 0]);
});

test('times far apart stand in different rows, and so does a message that was received', () => {
  using tables = new Tables({ fewest: 1, most: 9 });
  const delays = [0, 1000, 1001, 1500, 5000];
  const group = delays.map((ms, index) => addedAt(index + 1, plain(), visibleAt(NOW_MS + ms)));
  tables.commit([written(QUEUE, ''), ...group, addedAt(6, plain(), LEASED)]);
  assert.deepEqual(rows(tables), [3, 3, 1, 1]);
  const { messages } = tables.page(line());
  assert.deepEqual(
    [...messages].map(({ order }) => order),
    [1, 2, 3, 4, 5, 6],
  );
});

test('a slot that is left and used again begins anew', () => {
  using tables = new Tables(SIZES);
  for (let turn = 0; turn < 3; turn += 1) {
    tables.commit([written(QUEUE, ''), ...added(1, 8)]);
    assert.deepEqual(rows(tables), [2, 2, 0, 0]);
    tables.commit([{ kind: 'queue-deleted', queue: QUEUE }]);
    for (let sweep = 0; sweep < 5; sweep += 1) tables.sweep();
    assert.deepEqual(rows(tables), [0, 0, 0, 0]);
  }
  assert.equal(tables.rows('old_slot'), 1);
});

test('a purge up to a place leaves what stands behind it in a bundle', () => {
  using tables = new Tables(SIZES);
  tables.commit([written(QUEUE, ''), ...added(1, 11)]);
  assert.deepEqual(rows(tables), [3, 3, 0, 0]);
  tables.commit([purged(6)]);
  const { messages } = tables.page(line());
  assert.deepEqual(
    [...messages].map(({ order }) => order),
    [7, 8, 9, 10, 11],
  );
  assert.deepEqual(rows(tables), [2, 2, 0, 0]);
  tables.commit([removed(9), removed(10), removed(11), removed(7), purged(8)]);
  assert.deepEqual([...tables.page(line()).messages], []);
});

test('what stands in front of the last bundle gets rows of its own: no two bundles overlap', () => {
  using tables = new Tables(SIZES);
  tables.commit([written(QUEUE, ''), ...added(10, 4)]);
  assert.deepEqual(rows(tables), [1, 1, 0, 0]);
  tables.commit(added(1, 4));
  assert.deepEqual(rows(tables), [1, 1, 4, 4]);
});

test('on a full disk messages of bundles are removed one by one, and what is left is kept', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open({ maximumPages: 120 });
  await store.commit([written(QUEUE, '')], NOW_MS);
  let next = 1;
  for (let outcome = 'committed'; outcome === 'committed'; next += 20) {
    if (next % 5 === 1) await ordersOf(store);
    outcome = await store.commit(added(next, 20), NOW_MS + next);
  }
  const last = next - 21;
  assert.ok(disk.rows('bundle') > 3, `${disk.rows('bundle')} bundles`);
  for (let order = 1; order <= last; order += 1)
    if (order % 3 !== 0)
      assert.equal(await store.commit([removed(order)], NOW_MS + 10_000 + order), 'committed');
  const again = await disk.kill();
  const { messages } = await again.page(line({ limit: 10_000 }));
  assert.deepEqual(
    [...messages].map(({ order }) => order),
    Array.from({ length: Math.floor(last / 3) }, (_, index) => index * 3 + 3),
  );
});

test('a bundle whose bytes are not as they were written ends the store with the sentence on damage', async (context) => {
  const damages = [
    'UPDATE bundle SET heads = substr(heads, 1, 50)',
    'UPDATE bundle SET gone = zeroblob(9)',
    'UPDATE bundle SET last_order = last_order + 1',
    'UPDATE bundle_content SET content = substr(content, 1, 50)',
  ];
  for (const damage of damages) {
    const disk = new Killable(context);
    const store = await disk.open();
    await store.commit([written(QUEUE, ''), ...added(1, 8)], NOW_MS);
    assert.equal((await ordersOf(store)).length, 8);
    {
      using database = new DatabaseSync(disk.path, { timeout: 5000 });
      database.exec(damage);
    }
    const { promise, resolve } = Promise.withResolvers<string>();
    await store[Symbol.asyncDispose]();
    const opened = await SqliteStore.open({ path: disk.path, onFatal: resolve });
    assert.ok(opened.ok);
    await assert.rejects(opened.value.queues.page(line()), { name: 'StoreFailedError' });
    assert.match(await promise, /is damaged/);
    await opened.value[Symbol.asyncDispose]();
  }
});
