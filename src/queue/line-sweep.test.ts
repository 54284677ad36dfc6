import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LanePage } from '../store/queue-store.ts';
import type { Moment } from './command.ts';
import { LineSweep } from './line-sweep.ts';

const NOW_MS = 1000;

function moment(durableGroup: number, nowMs = NOW_MS): Moment {
  return { nowMs, group: durableGroup + 1, latestGroup: durableGroup, durableGroup, durableThroughMs: nowMs };
}

function page(lastOrder: number, more: Partial<LanePage> = {}): LanePage {
  const nothing = { messages: [], orders: [], sizeBytes: 0, parts: [] };
  return { ...nothing, lastOrder, isLast: false, nextVisibleAtMs: undefined, ...more };
}

test('what was left to the store is looked for once it is on the disk, and once only', () => {
  const sweep = new LineSweep();
  assert.equal(sweep.mayLook(moment(0)), false);
  sweep.drop(5, 3);
  assert.ok(sweep.isBehind && sweep.mayLook(moment(2)));
  sweep.ask();
  sweep.arrived(page(4, { isLast: true }), 2);
  assert.deepEqual([sweep.mayLook(moment(2)), sweep.waitsForDisk(moment(2))], [false, true]);
  assert.ok(sweep.mayLook(moment(3)));
  sweep.ask();
  sweep.arrived(page(5, { isLast: true }), 3);
  assert.deepEqual([sweep.isBehind, sweep.cursor], [false, 5]);
  assert.equal(sweep.waitsForDisk(moment(3)), false);
});

test('a page that is not the last is gone on with at once', () => {
  const sweep = new LineSweep();
  sweep.drop(9, 1);
  sweep.ask();
  sweep.arrived(page(4), 1);
  assert.deepEqual([sweep.cursor, sweep.mayLook(moment(1))], [4, true]);
});

test('before a delayed message it waits until that shows, or until the delay changes', () => {
  const sweep = new LineSweep();
  sweep.drop(9, 1);
  sweep.ask();
  sweep.arrived(page(4, { nextVisibleAtMs: NOW_MS + 50 }), 1);
  assert.deepEqual([sweep.mayLook(moment(1)), sweep.wakeAtMs(NOW_MS)], [false, NOW_MS + 50]);
  assert.ok(sweep.mayLook(moment(1, NOW_MS + 50)));
  sweep.lookSoon();
  assert.ok(sweep.mayLook(moment(1)));
});

test('a page that was asked for before the sweep went back says nothing', () => {
  const sweep = new LineSweep();
  sweep.drop(9, 1);
  sweep.ask();
  sweep.arrived(page(9, { isLast: true }), 1);
  sweep.drop(12, 2);
  sweep.ask();
  sweep.goBack(3, 9);
  assert.equal(sweep.arrived(page(12, { isLast: true }), 2), false);
  assert.deepEqual([sweep.cursor, sweep.mayLook(moment(2))], [2, true]);
});
