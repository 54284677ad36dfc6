import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedReading } from './shared-reading.ts';

test('who asks while a reading is under way shares the next one', async () => {
  let begun = 0;
  const gates: PromiseWithResolvers<void>[] = [];
  const shared = new SharedReading(async () => {
    const number = (begun += 1);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return number;
  });
  const first = shared.fromNowOn();
  const others = [shared.fromNowOn(), shared.fromNowOn(), shared.fromNowOn()];
  gates[0]?.resolve();
  assert.equal(await first, 1);
  await new Promise(setImmediate);
  gates[1]?.resolve();
  assert.deepEqual(await Promise.all(others), [2, 2, 2]);
  const later = shared.fromNowOn();
  gates[2]?.resolve();
  assert.equal(await later, 3);
});

test('a reading that failed is followed by others', async () => {
  let begun = 0;
  const shared = new SharedReading(async () => {
    begun += 1;
    if (begun === 1) throw new Error('no');
    return begun;
  });
  const first = shared.fromNowOn();
  const second = shared.fromNowOn();
  await assert.rejects(first);
  assert.equal(await second, 2);
});
