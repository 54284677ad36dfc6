import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../base/random.ts';
import { Entries } from './entries.ts';
import type { Entry } from './entry.ts';
import { NOWHERE } from './due-heap.ts';

test('entries are found by their order, whatever comes and goes: as a Map has them', () => {
  for (const seed of [1, 2, 3]) {
    const random = new SeededRandom(seed);
    const [entries, map] = [new Entries(), new Map<number, Entry>()];
    let next = seed * 2 ** 33 - 500;
    for (let step = 0; step < 20_000; step += 1) {
      // The tables grow for a while, then shrink.
      const isAdding = random.fraction() < (step % 4000 < 2000 ? 0.7 : 0.3);
      if (isAdding) add(entries, map, (next += random.fraction() < 0.9 ? 1 : 4096));
      else remove(entries, map, random);
      assert.equal(entries.size, map.size);
    }
    for (const [order, entry] of map) assert.equal(entries.get(order), entry);
    const orders = [...map.keys()].toSorted((one, other) => one - other);
    assert.deepEqual(entries.keys(), orders);
    assert.deepEqual(
      entries.values().map(({ order }) => order),
      orders,
    );
    for (const order of orders) entries.delete(order);
    assert.equal(entries.size, 0);
    assert.ok(orders.every((order) => !entries.has(order)));
  }
});

test('an entry takes the place of another of its order', () => {
  const entries = new Entries();
  const [former, later] = [entryOf(7), entryOf(7)];
  entries.add(former);
  entries.add(later);
  assert.equal(entries.size, 1);
  assert.equal(entries.get(7), later);
});

test('entries that are cleared are gone, and others may come', () => {
  const entries = new Entries();
  for (let order = 1; order <= 1000; order += 1) entries.add(entryOf(order));
  entries.clear();
  assert.equal(entries.size, 0);
  assert.equal(entries.get(500), undefined);
  entries.add(entryOf(500));
  assert.deepEqual(entries.keys(), [500]);
});

function add(entries: Entries, map: Map<number, Entry>, order: number): void {
  const entry = entryOf(order);
  entries.add(entry);
  map.set(order, entry);
}

/** The oldest, one in the midst, or one that is not there. */
function remove(entries: Entries, map: Map<number, Entry>, random: SeededRandom): void {
  const orders = [...map.keys()];
  const order = random.fraction() < 0.5 ? orders[0] : orders[Math.floor(random.fraction() * orders.length)];
  const gone = order ?? 0;
  assert.equal(entries.get(gone), map.get(gone));
  entries.delete(gone);
  map.delete(gone);
  assert.ok(!entries.has(gone));
  entries.delete(gone);
}

function entryOf(order: number): Entry {
  return {
    ...{ order, sentAtMs: 0, lane: 0, message: undefined, standing: 'waiting', visibleAtMs: 0 },
    ...{ duePlace: NOWHERE, holder: 'nobody', receiveCount: 0, firstReceivedAtMs: 0, leasedAtMs: 0 },
    ...{ isUnwritten: false, addedInGroup: 0 },
  };
}
