import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../base/random.ts';
import { OrderNumbers } from './order-numbers.ts';

test('numbers are found by their places, whatever comes and goes: as a Map has them', () => {
  for (const seed of [1, 2, 3]) {
    const random = new SeededRandom(seed);
    const [numbers, map] = [new OrderNumbers(), new Map<number, number>()];
    const first = seed * 2 ** 33 - 500;
    for (let step = 0; step < 20_000; step += 1) {
      const order = first + Math.floor(random.fraction() * 3000) * (seed === 3 ? 4096 : 1);
      // The table grows for a while, then shrinks.
      if (random.fraction() < (step % 4000 < 2000 ? 0.8 : 0.1)) {
        numbers.set(order, step);
        map.set(order, step);
      } else {
        numbers.delete(order);
        map.delete(order);
      }
      if (step % 500 === 0) numbers.fit();
      assert.equal(numbers.size, map.size);
      assert.equal(numbers.get(order), map.get(order));
    }
    for (const [order, number] of map) assert.equal(numbers.get(order), number);
    for (const order of map.keys()) numbers.delete(order);
    assert.equal(numbers.size, 0);
  }
});
