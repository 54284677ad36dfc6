import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MESSAGE_OVERHEAD_BYTES, type Entry } from './entry.ts';
import { Ready } from './ready.ts';

function entryOf(order: number): Entry {
  return { order } as Entry;
}

function withPages(...counts: number[]): Ready {
  const ready = new Ready();
  for (const count of counts) {
    const messages = Array.from({ length: count }, () => undefined as never);
    ready.addPage({ messages, sizeBytes: count * 100, reading: { throughGroup: 0 }, next: 0 });
    ready.push(entryOf(count));
  }
  return ready;
}

function allOf(ready: Ready): number[] {
  const orders: number[] = [];
  for (let entry = ready.shift(); entry !== undefined; entry = ready.shift()) orders.push(entry.order);
  return orders;
}

test('what is pushed stands behind the pages that have come before it, and before those that come later', () => {
  const ready = withPages(1, 2);
  assert.deepEqual(allOf(ready), []);
  ready.endPage();
  assert.deepEqual(allOf(ready), [1]);
  ready.endPage();
  assert.deepEqual(allOf(ready), [2]);
  ready.push(entryOf(3));
  assert.deepEqual(allOf(ready), [3]);
});

test('what enters from the first page stands before it', () => {
  const ready = withPages(1);
  ready.isEntering = true;
  ready.push(entryOf(7));
  ready.isEntering = false;
  assert.deepEqual([ready.atHandCount, ready.first?.order, allOf(ready)], [1, 7, [7]]);
});

test('what pages hold is counted until it has entered, and their bytes until all of it has', () => {
  const others = MESSAGE_OVERHEAD_BYTES;
  const ready = withPages(3, 4);
  const { page } = ready;
  if (page !== undefined) page.next = 2;
  assert.deepEqual([ready.pagedCount, ready.pagedSizeBytes], [5, 700 + 5 * others]);
  ready.endPage();
  assert.deepEqual([ready.pagedCount, ready.pagedSizeBytes], [4, 400 + 4 * others]);
});
