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

/** Pages of lanes. */
export function lanes(law: Law): void {
  const of = (order: number, groupId: string, state = WAITING): Change =>
    addedAt(order, { ...plain(), groupId }, state);
  const orders = (page: LanePage): number[] => page.messages.map(({ order }) => order);
  const sorted = (page: LanePage): number[] => orders(page).sort((one, other) => one - other);
  const [least, ...greater] = ['a', 'b', 'c'].sort((one, other) => laneKeyOf(one) - laneKeyOf(other));

  law(
    'lanes are found one after the other by their numbers, each in the order of its places',
    async (stores) => {
      const store = await stores.store();
      const group = [of(1, 'a'), of(2, 'b'), of(3, 'a'), addedAt(4, plain()), of(5, 'c'), of(6, 'a')];
      await store.commit([written(QUEUE, ''), ...group], NOW_MS);
      const first = await store.lanePage(lanesFrom({ laneCount: 1, perLane: 2 }));
      const byLane: Readonly<Record<string, readonly number[]>> = { a: [1, 3], b: [2], c: [5] };
      assert.deepEqual(orders(first), byLane[least ?? '']);
      assert.equal(first.lastLane, laneKeyOf(least));
      const rest = await store.lanePage(lanesFrom({ afterLane: first.lastLane, perLane: 2 }));
      assert.deepEqual(
        rest.parts.map(({ lane }) => lane),
        greater.map((each) => laneKeyOf(each)),
      );
      assert.equal(rest.lastLane, undefined);
      const ofA = [...first.parts, ...rest.parts].find(({ lane }) => lane === laneKeyOf('a'));
      assert.deepEqual(ofA, { lane: laneKeyOf('a'), count: 2, nextOrder: 6, hiddenUntilMs: undefined });
      const without = await store.lanePage(lanesFrom({ without: [laneKeyOf('a')] }));
      assert.deepEqual(sorted(without), [2, 5]);
      assert.equal((await stores.reopened()).queues[0]?.hasLanes, true);
    },
  );

  law('a lane that is named goes on from a place, and a page ends at its limits', async (stores) => {
    const store = await stores.store();
    const group = [1, 2, 3, 4].map((order) => of(order, 'a'));
    await store.commit([written(QUEUE, ''), ...group], NOW_MS);
    const named = { lanes: [{ lane: laneKeyOf('a'), fromOrder: 2 }], afterLane: undefined };
    const part = { lane: laneKeyOf('a'), hiddenUntilMs: undefined };
    const all = await store.lanePage(lanesFrom(named));
    assert.deepEqual([orders(all), all.parts], [[2, 3, 4], [{ ...part, count: 3, nextOrder: undefined }]]);
    const few = await store.lanePage(lanesFrom({ ...named, limit: 2 }));
    assert.deepEqual([orders(few), few.parts], [[2, 3], [{ ...part, count: 2, nextOrder: 4 }]]);
    const small = await store.lanePage(lanesFrom({ ...named, limitSizeBytes: 1 }));
    assert.deepEqual(orders(small), [2]);
  });

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
    const page = await store.lanePage(lanesFrom({ delayMs: 0, visibleBeforeMs: NOW_MS + 1 }));
    assert.deepEqual(orders(page), [3]);
    const [part] = page.parts;
    assert.deepEqual([part?.nextOrder, part?.hiddenUntilMs], [4, NOW_MS + 50]);
    assert.equal(page.nextVisibleAtMs, LEASED.visibleAtMs);
    const delayed = await store.lanePage(lanesFrom({ delayMs: 9, visibleBeforeMs: NOW_MS + 9 }));
    assert.deepEqual([orders(delayed), delayed.nextVisibleAtMs], [[], NOW_MS + 9]);
    const standard = await store.lanePage(lanesFrom({ visibleBeforeMs: NOW_MS + 1 }));
    assert.deepEqual(sorted(standard), [2, 3, 5]);
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

function lanesFrom(more: Partial<LanePageQuery> = {}): LanePageQuery {
  const limits = { laneCount: 100, perLane: 100, limit: 100, limitSizeBytes: 1e9 };
  const hidden = { visibleBeforeMs: NOW_MS + 1, delayMs: undefined };
  return { queue: QUEUE, lanes: [], afterLane: 0, without: [], ...hidden, ...limits, ...more };
}
