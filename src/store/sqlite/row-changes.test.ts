import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addedAt,
  LEASED,
  line,
  moved,
  NOW_MS,
  ordersOf,
  plain,
  QUEUE,
  removed,
  visibleAt,
  written,
} from '../contract.facts.ts';
import { Killable } from './fixtures/killable.ts';

test('rows hear of a lease and of an end with the groups that said it, also after a kill', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open({ bundles: { fewest: 2, most: 1 } });
  await store.commit([written(QUEUE, ''), ...[1, 2, 3, 4].map((order) => addedAt(order, plain()))], NOW_MS);
  assert.deepEqual(await ordersOf(store), [1, 2, 3, 4]);
  await store.commit([moved(1, LEASED), moved(2, visibleAt(NOW_MS + 5))], NOW_MS + 1);
  await store.commit([removed(1), removed(4), moved(2, LEASED)], NOW_MS + 2);
  assert.deepEqual([disk.rows('message'), disk.rows('standing')], [4, 4]);
  const again = await disk.kill();
  assert.deepEqual([disk.rows('message'), disk.rows('standing')], [2, 2]);
  assert.deepEqual((await again.reload(QUEUE, NOW_MS))?.leases, [
    { order: 2, state: LEASED, sentAtMs: NOW_MS, lane: 0 },
  ]);
  await again.commit([removed(2)], NOW_MS + 3);
  assert.deepEqual(await ordersOf(again), [3]);
});

test('on a full disk rows hear of an end, and what was said of others before stays said', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open({ maximumPages: 400 });
  await store.commit([written(QUEUE, '')], NOW_MS);
  const many = Array.from({ length: 200 }, (_, index) => addedAt(index + 1, plain('x'.repeat(500))));
  await store.commit(many, NOW_MS + 1);
  assert.equal((await ordersOf(store)).length, 100);
  await store.commit([moved(1, LEASED), moved(2, LEASED), removed(3)], NOW_MS + 2);
  let next = 201;
  for (let outcome = 'committed'; outcome === 'committed'; next += 10) {
    const more = Array.from({ length: 10 }, (_, index) => addedAt(next + index, plain('x'.repeat(900))));
    outcome = await store.commit(more, NOW_MS + next);
  }
  for (let order = 4; order <= 150; order += 1)
    assert.equal(await store.commit([removed(order)], NOW_MS + 5000 + order), 'committed');
  assert.equal(await store.commit([removed(1)], NOW_MS + 9000), 'committed');
  const again = await disk.kill();
  const first = await again.page(line({ limit: 5 }));
  assert.deepEqual(
    [...first.messages].map(({ order }) => order),
    [151, 152, 153, 154, 155],
  );
  assert.deepEqual(
    (await again.reload(QUEUE, NOW_MS))?.leases.map(({ order }) => order),
    [2],
  );
});
