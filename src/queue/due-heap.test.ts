import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DueHeap, NOWHERE, type Due } from './due-heap.ts';

function due(visibleAtMs: number): Due {
  return { visibleAtMs, duePlace: NOWHERE };
}

function taken(heap: DueHeap<Due>, nowMs: number): number[] {
  const all: number[] = [];
  for (let item = heap.takeDue(nowMs); item !== undefined; item = heap.takeDue(nowMs)) {
    assert.equal(item.duePlace, NOWHERE);
    all.push(item.visibleAtMs);
  }
  return all;
}

test('what is due comes out in the order of time, and nothing before its time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, nowMs) => {
      const heap = new DueHeap<Due>();
      for (const dueMs of times) heap.put(due(dueMs));
      const sorted = times.toSorted((one, other) => one - other);
      assert.equal(heap.nextMs, sorted[0] ?? Infinity);
      assert.deepEqual(
        taken(heap, nowMs),
        sorted.filter((dueMs) => dueMs <= nowMs),
      );
      assert.equal(heap.nextMs, sorted.find((dueMs) => dueMs > nowMs) ?? Infinity);
    }),
  );
});

test('what is let go does not come, and what got another time comes at that', () => {
  const change = fc.tuple(fc.nat(50), fc.option(fc.nat(100), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(fc.nat(100), { minLength: 1 }), fc.array(change), (times, changes) => {
      const heap = new DueHeap<Due>();
      const items = times.map(due);
      const there = new Set(items);
      for (const item of items) heap.put(item);
      for (const [nth, newMs] of changes) {
        const item = items[nth % items.length];
        if (item === undefined) continue;
        if (newMs === undefined) {
          heap.remove(item);
          there.delete(item);
        } else {
          item.visibleAtMs = newMs;
          heap.put(item);
          there.add(item);
        }
        assert.equal(heap.size, there.size);
      }
      const left = [...there].map(({ visibleAtMs }) => visibleAtMs);
      assert.deepEqual(
        taken(heap, Infinity),
        left.toSorted((one, other) => one - other),
      );
    }),
  );
});

test('nothing is left after clearing', () => {
  const heap = new DueHeap<Due>();
  const item = due(1);
  heap.put(item);
  heap.clear();
  assert.deepEqual([heap.size, heap.nextMs, heap.takeDue(Infinity)], [0, Infinity, undefined]);
  heap.put(item);
  assert.equal(heap.takeDue(1), item);
});
