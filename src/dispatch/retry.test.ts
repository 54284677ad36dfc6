import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../message/message.ts';
import { againAtMs } from './retry.ts';

const HOUR_MS = 3_600_000;

function taken(receiveCount: number, takenAtMs = 1000) {
  return { delivery: { receiveCount } as Delivery, takenAtMs, visibilityMs: 30_000 };
}

test('without a word from function or mapping, a failed message comes again when its visibility time-out has ended', () => {
  assert.equal(againAtMs(taken(3), 5000, undefined, undefined), 31_000);
});

test('a back-off begins with the failure, doubles with each receive, and has an end', () => {
  const backoff = { firstMs: 2000, longestMs: 10_000 };
  const delays = [1, 2, 3, 4, 400].map((count) => againAtMs(taken(count), 5000, undefined, backoff) - 5000);
  assert.deepEqual(delays, [2000, 4000, 8000, 10_000, 10_000]);
});

test('what the function asks goes before the back-off, zero too', () => {
  const backoff = { firstMs: 2000, longestMs: 10_000 };
  assert.equal(againAtMs(taken(1), 5000, 0, backoff), 5000);
  assert.equal(againAtMs(taken(1), 5000, 60_000, undefined), 65_000);
});

test('no delay exceeds what is left of the twelve hours since the receive', () => {
  const { takenAtMs } = taken(1);
  assert.equal(againAtMs(taken(1), HOUR_MS, 12 * HOUR_MS, undefined), takenAtMs + 12 * HOUR_MS - 5000);
});
