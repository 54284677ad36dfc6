import assert from 'node:assert/strict';
import { laneKeyOf } from '../message/lane-key.ts';
import type { Change } from './change.ts';
import {
  addedAt,
  LEASED,
  moved,
  NOW_MS,
  OTHER,
  plain,
  purged,
  QUEUE,
  visibleAt,
  WAITING,
  written,
} from './contract.facts.ts';
import type { Law } from './contract.stores.ts';
import type { LanePage, LanePageQuery } from './queue-store.ts';

const A = laneKeyOf('a');
const B = laneKeyOf('b');

/** Pages of lanes. */
export function lanes(law: Law): void {
  inPlaces(law);
  named(law);
  hidden(law);
}

function inPlaces(law: Law): void {
  law('messages are looked at in the order of their places, and come lane by lane', async (stores) => {
    const store = await stores.store();
    const group = [of(1, 'a'), of(2, 'b'), of(3, 'a'), addedAt(4, plain()), of(5, 'c'), of(6, 'a')];
    await store.commit([written(QUEUE, ''), ...group], NOW_MS);
    const first = await store.lanePage(behind(0, { lookCount: 3 }));
    assert.deepEqual(orders(first), [1, 3, 2]);
    assert.deepEqual(parts(first), [
      [A, 2, undefined],
      [B, 1, undefined],
    ]);
    assert.deepEqual([first.lastOrder, first.isLast], [3, false]);
    const rest = await store.lanePage(behind(3));
    assert.deepEqual([orders(rest), rest.lastOrder, rest.isLast], [[5, 6], 6, true]);
    const nothing = await store.lanePage(behind(6));
    assert.deepEqual([orders(nothing), nothing.lastOrder, nothing.isLast], [[], 6, true]);
    const few = await store.lanePage(behind(0, { perLane: 1 }));
    assert.deepEqual(orders(few), [1, 2, 5]);
    assert.deepEqual(parts(few)[0], [A, 1, 3], 'what is left out is told');
    const without = await store.lanePage(behind(0, { without: [A] }));
    assert.deepEqual([orders(without), without.lastOrder], [[2, 5], 6]);
    const small = await store.lanePage(behind(0, { limitSizeBytes: 1 }));
    assert.deepEqual([orders(small), small.lastOrder, small.isLast], [[1], 1, false]);
    assert.deepEqual(orders(await store.lanePage(behind(0, { limit: 2 }))), [1, 2]);
    assert.equal((await stores.reopened()).queues[0]?.hasLanes, true);
  });
}

function named(law: Law): void {
  law(
    'a lane that is named goes on from a place through another, and a page ends at its limits',
    async (stores) => {
      const store = await stores.store();
      const far = 1_000_000;
      const group = [1, 2, 3, 4, far].map((order) => of(order, 'a'));
      await store.commit([written(QUEUE, ''), of(5, 'b'), ...group], NOW_MS);
      const page = (more: Partial<LanePageQuery> = {}): Promise<LanePage> =>
        store.lanePage({ ...behind(0, more), afterOrder: undefined, lanes: [{ lane: A, fromOrder: 2 }] });
      const all = await page();
      assert.deepEqual([orders(all), parts(all)], [[2, 3, 4, far], [[A, 4, undefined]]]);
      const near = await page({ throughOrder: 3 });
      assert.deepEqual([orders(near), parts(near)], [[2, 3], [[A, 2, undefined]]]);
      const few = await page({ limit: 2 });
      assert.deepEqual([orders(few), parts(few)], [[2, 3], [[A, 2, 4]]]);
      assert.deepEqual(orders(await page({ limitSizeBytes: 1 })), [2]);
      assert.deepEqual(orders(await page({ perLane: 3 })), [2, 3, 4]);
    },
  );
}

function hidden(law: Law): void {
  law('on a FIFO queue nothing of a lane comes behind what is hidden', async (stores) => {
    const store = await stores.store();
    const late = visibleAt(NOW_MS + 50);
    const group = [
      of(1, 'a', late),
      of(2, 'a'),
      of(3, 'b'),
      of(4, 'b', { ...late, receiveCount: 1 }),
      of(5, 'b'),
    ];
    await store.commit([written(QUEUE, ''), ...group, moved(1, LEASED)], NOW_MS);
    const page = await store.lanePage(behind(0, { delayMs: 0 }));
    assert.deepEqual(
      [orders(page), parts(page)],
      [
        [3],
        [
          [A, 0, 1],
          [B, 1, 4],
        ],
      ],
    );
    assert.deepEqual(
      page.parts.map(({ hiddenUntilMs }) => hiddenUntilMs),
      [LEASED.visibleAtMs, NOW_MS + 50],
    );
    assert.deepEqual([page.lastOrder, page.isLast, page.nextVisibleAtMs], [5, true, undefined]);
    const delayed = await store.lanePage(behind(0, { delayMs: 9, visibleBeforeMs: NOW_MS + 9 }));
    assert.deepEqual([orders(delayed), delayed.nextVisibleAtMs], [[], NOW_MS + 9]);
    assert.deepEqual(
      [delayed.lastOrder, delayed.isLast],
      [1, false],
      'all that was sent later is delayed too',
    );
    assert.deepEqual(
      orders(await store.lanePage(behind(0))),
      [2, 3, 5],
      'on a standard queue it is left out',
    );
  });
}

/** What FIFO queues remember of their sends. */
export function remembered(law: Law): void {
  law(
    'what a FIFO queue remembers of its sends comes back in order, and outlives a restart',
    async (stores) => {
      const store = await stores.store();
      const sends = (firstOrder: number, atMs: number): Change => {
        const keys = Uint32Array.of(firstOrder, 2 ** 32 - 1, 7, 0, firstOrder, 0, 8, 5);
        return { kind: 'sends-remembered', queue: QUEUE, sends: { firstOrder, atMs, keys } };
      };
      await store.commit([written(QUEUE, ''), written(OTHER, ''), sends(1, NOW_MS)], NOW_MS);
      await store.commit([sends(3, NOW_MS + 1)], NOW_MS + 1);
      await store.commit([sends(5, NOW_MS + 2), purged(9)], NOW_MS + 2);
      await stores.reopened();
      const again = await stores.store();
      const all: unknown[] = [];
      for (let from = 0; ;) {
        const { sends: found, isLast } = await again.rememberedSends(QUEUE, from, NOW_MS);
        all.push(...found.map((each) => ({ ...each, keys: [...each.keys] })));
        if (isLast) break;
        from = (found.at(-1)?.firstOrder ?? 0) + 2;
      }
      const expected = [1, 3, 5].map((firstOrder, index) => ({
        ...{ firstOrder, atMs: NOW_MS + index, keys: [firstOrder, 2 ** 32 - 1, 7, 0, firstOrder, 0, 8, 5] },
      }));
      assert.deepEqual(all, expected);
      const late = await again.rememberedSends(QUEUE, 0, NOW_MS + 2);
      assert.deepEqual(
        late.sends.map(({ firstOrder }) => firstOrder),
        [5],
      );
      assert.deepEqual(await again.rememberedSends(OTHER, 0, 0), { sends: [], isLast: true });
    },
  );
}

function behind(afterOrder: number, more: Partial<LanePageQuery> = {}): LanePageQuery {
  const limits = { lookCount: 100, perLane: 100, limit: 100, limitSizeBytes: 1e9, throughOrder: 1e6 };
  const hidden = { visibleBeforeMs: NOW_MS + 1, delayMs: undefined };
  return { queue: QUEUE, lanes: [], afterOrder, without: [], ...hidden, ...limits, ...more };
}

function of(order: number, groupId: string, state = WAITING): Change {
  return addedAt(order, { ...plain(), groupId }, state);
}

function orders({ messages, orders: told }: LanePage): number[] {
  const read = Array.from(messages, ({ order }) => order);
  assert.deepEqual(Array.from(told), read);
  return read;
}

function parts(page: LanePage): (readonly [lane: number, count: number, nextOrder: number | undefined])[] {
  return page.parts.map(({ lane, count, nextOrder }) => [lane, count, nextOrder]);
}
