import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DueHeap } from './due-heap.ts';

function taken(heap: DueHeap<number>, nowMs: number): number[] {
  const all: number[] = [];
  for (let due = heap.takeDue(nowMs); due !== undefined; due = heap.takeDue(nowMs)) all.push(due.dueMs);
  return all;
}

test('what is due comes out in the order of time, and nothing before its time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, nowMs) => {
      const heap = new DueHeap<number>();
      for (const dueMs of times) heap.add(dueMs, dueMs);
      const sorted = times.toSorted((one, other) => one - other);
      assert.equal(heap.nextMs, sorted[0]);
      assert.deepEqual(
        taken(heap, nowMs),
        sorted.filter((dueMs) => dueMs <= nowMs),
      );
      assert.equal(
        heap.nextMs,
        sorted.find((dueMs) => dueMs > nowMs),
      );
    }),
  );
});

test('only what is kept stays', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), (times) => {
      const heap = new DueHeap<number>();
      for (const dueMs of times) heap.add(dueMs, dueMs);
      heap.retain((dueMs) => dueMs % 2 === 0);
      assert.equal(heap.size, times.filter((dueMs) => dueMs % 2 === 0).length);
      assert.deepEqual(
        taken(heap, Infinity),
        times.filter((dueMs) => dueMs % 2 === 0).toSorted((one, other) => one - other),
      );
    }),
  );
});

test('nothing is left after clearing', () => {
  const heap = new DueHeap<number>();
  heap.add(1, 1);
  heap.clear();
  assert.deepEqual([heap.size, heap.nextMs, heap.takeDue(Infinity)], [0, undefined, undefined]);
});
