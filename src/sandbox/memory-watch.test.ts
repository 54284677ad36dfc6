import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import { MemoryWatch } from './memory-watch.ts';

test('memory is looked at twice a second, not while it rests, and from half a second after it begins again', async () => {
  const clock = new ManualClock();
  let looks = 0;
  const usedBytes = async (): Promise<number> => (looks += 1);
  using watch = new MemoryWatch({ clock, limitBytes: 100, usedBytes, onExceeded: () => assert.fail() });
  const pass = async (ms: number): Promise<number> => {
    clock.advance(ms);
    await new Promise(setImmediate);
    return looks;
  };
  assert.equal(await pass(500), 1);
  assert.equal(await pass(300), 1);
  watch.rest();
  assert.equal(await pass(2000), 1);
  watch.begin();
  assert.equal(await pass(499), 1);
  assert.equal(await pass(1), 2);
  assert.equal(await pass(500), 3);
});
