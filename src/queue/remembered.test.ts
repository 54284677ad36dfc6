import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { REMEMBERED_MS } from '../store/change.ts';
import { Remembered } from './remembered.ts';

/** A key with little in its hash, so that many keys meet in one slot. */
function keyOf(number: number): Uint32Array {
  return Uint32Array.of(((number % 7) << 29) | 1, number % 5, number);
}

test('what is remembered is found for five minutes from its first send, and nothing else is', () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom(0, 0, 1, 50, 40_000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const remembered = new Remembered(1);
      const truth = new Map<number, { readonly order: number; readonly atMs: number }>();
      let nowMs = 1_700_000_000_000;
      let order = 1;
      for (const [number, passedMs] of steps) {
        nowMs += passedMs;
        const before = truth.get(number);
        const isKnown = before !== undefined && before.atMs + REMEMBERED_MS > nowMs;
        remembered.forgetFor(1, nowMs);
        assert.equal(remembered.findOrAdd(keyOf(number), order, nowMs), isKnown ? before.order : undefined);
        if (isKnown) continue;
        truth.set(number, { order, atMs: nowMs });
        order += 1;
      }
    }),
    { numRuns: 200 },
  );
});

test('a hundred thousand keys are found, each by itself, and are forgotten in time', () => {
  const remembered = new Remembered(1);
  const count = 100_000;
  const key = (number: number): Uint32Array =>
    Uint32Array.of((Math.imul(number, 0x9e3779b1) | 1) >>> 0, Math.imul(number, 0x85ebca6b) >>> 0, number);
  const next = count + 1;
  for (let number = 1; number <= count; number += 1)
    assert.equal(remembered.findOrAdd(key(number), number, number), undefined);
  for (let number = 1; number <= count; number += 1)
    assert.equal(remembered.findOrAdd(key(number), next, count), number);
  const nowMs = REMEMBERED_MS + count / 2;
  assert.equal(remembered.findOrAdd(key(count / 2), next, nowMs), undefined);
  assert.equal(remembered.findOrAdd(key(count / 2), next + 1, nowMs), next);
  assert.equal(remembered.findOrAdd(key(count / 2 + 1), next + 1, nowMs), count / 2 + 1);
  while (remembered.wakeAtMs <= nowMs + 10_000) remembered.tick(nowMs + 10_000);
  assert.equal(remembered.size, count / 2 + 1);
  assert.equal(remembered.findOrAdd(key(count), next + 1, nowMs), count);
});
