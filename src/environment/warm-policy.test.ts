import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { missingWarm, RecentPeaks } from './warm-policy.ts';

const KEEP_MS = 100_000;

test('as many are wanted as were busy at once, fewer as time goes by, none after the time for which any is kept', () => {
  const peaks = new RecentPeaks(KEEP_MS);
  peaks.note(8, 1000);
  assert.equal(peaks.wanted(1000), 8);
  assert.equal(peaks.wanted(51_000), 4);
  assert.equal(peaks.wanted(100_999), 1);
  assert.equal(peaks.wanted(101_000), 0);
});

test('a lower peak counts when what is left of a higher one is less', () => {
  const peaks = new RecentPeaks(KEEP_MS);
  peaks.note(10, 0);
  peaks.note(3, 60_000);
  assert.equal(peaks.wanted(60_000), 4);
  assert.equal(peaks.wanted(70_000), 3);
  assert.equal(peaks.wanted(160_000), 0);
});

test('a function that is used once now and then keeps one', () => {
  const peaks = new RecentPeaks(KEEP_MS);
  for (let nowMs = 0; nowMs < 10 * KEEP_MS; nowMs += 60_000) {
    peaks.note(1, nowMs);
    assert.equal(peaks.wanted(nowMs + 59_999), 1);
  }
});

test('where nothing unused is kept, nothing is wanted', () => {
  const peaks = new RecentPeaks(0);
  peaks.note(5, 0);
  assert.equal(peaks.wanted(0), 0);
});

test('whatever was noted: never more than the highest, and nothing once all is long ago', () => {
  const steps = fc.array(
    fc.record({ count: fc.nat(50), afterMs: fc.integer({ min: 0, max: 2 * KEEP_MS }) }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(steps, (noted) => {
      const peaks = new RecentPeaks(KEEP_MS);
      let nowMs = 0;
      for (const { count, afterMs } of noted) {
        nowMs += afterMs;
        peaks.note(count, nowMs);
        assert.ok(peaks.wanted(nowMs) >= count);
        assert.ok(peaks.wanted(nowMs) <= Math.max(...noted.map((each) => each.count)));
      }
      assert.equal(peaks.wanted(nowMs + KEEP_MS), 0);
    }),
  );
});

test('only what the budget allows is started, however much is wanted', () => {
  const facts = { wanted: 10, there: 2, usedBytes: 400, eachBytes: 100, budgetBytes: 1000 };
  assert.equal(missingWarm(facts), 6);
  assert.equal(missingWarm({ ...facts, budgetBytes: 10_000 }), 8);
  assert.equal(missingWarm({ ...facts, usedBytes: 950 }), 0);
  assert.equal(missingWarm({ ...facts, usedBytes: 5000 }), 0);
  assert.equal(missingWarm({ ...facts, there: 12 }), 0);
});
