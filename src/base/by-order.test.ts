import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByOrder, type InOrder } from './by-order.ts';
import { SeededRandom } from './random.ts';

test('items are found by their order, whatever comes and goes: as a Map has them', () => {
  for (const seed of [1, 2, 3]) {
    const random = new SeededRandom(seed);
    const [items, map] = [new ByOrder<InOrder>(), new Map<number, InOrder>()];
    let next = seed * 2 ** 33 - 500;
    for (let step = 0; step < 20_000; step += 1) {
      // The tables grow for a while, then shrink.
      const isAdding = random.fraction() < (step % 4000 < 2000 ? 0.7 : 0.3);
      if (isAdding) add(items, map, (next += random.fraction() < 0.9 ? 1 : 4096));
      else remove(items, map, random);
      assert.equal(items.size, map.size);
    }
    for (const [order, item] of map) assert.equal(items.get(order), item);
    const orders = [...map.keys()].toSorted((one, other) => one - other);
    assert.deepEqual(items.keys(), orders);
    assert.deepEqual(
      items.values().map(({ order }) => order),
      orders,
    );
    for (const order of orders) items.delete(order);
    assert.equal(items.size, 0);
    assert.ok(orders.every((order) => !items.has(order)));
  }
});

test('an item takes the place of another of its order', () => {
  const items = new ByOrder<InOrder>();
  const [former, later] = [itemOf(7), itemOf(7)];
  items.add(former);
  items.add(later);
  assert.equal(items.size, 1);
  assert.equal(items.get(7), later);
});

test('items that are cleared are gone, and others may come', () => {
  const items = new ByOrder<InOrder>();
  for (const keptCapacity of [0, 1024, 100_000]) {
    for (let order = 1; order <= 1000; order += 1) items.add(itemOf(order));
    items.clear(keptCapacity);
    assert.equal(items.size, 0);
    assert.equal(items.get(500), undefined);
    items.add(itemOf(500));
    assert.deepEqual(items.keys(), [500]);
  }
});

function add(items: ByOrder<InOrder>, map: Map<number, InOrder>, order: number): void {
  const item = itemOf(order);
  items.add(item);
  map.set(order, item);
}

/** The oldest, one in the midst, or one that is not there. */
function remove(items: ByOrder<InOrder>, map: Map<number, InOrder>, random: SeededRandom): void {
  const orders = [...map.keys()];
  const order = random.fraction() < 0.5 ? orders[0] : orders[Math.floor(random.fraction() * orders.length)];
  const gone = order ?? 0;
  assert.equal(items.get(gone), map.get(gone));
  items.delete(gone);
  map.delete(gone);
  assert.ok(!items.has(gone));
  items.delete(gone);
}

function itemOf(order: number): InOrder {
  return { order };
}
