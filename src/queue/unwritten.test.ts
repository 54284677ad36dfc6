import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Law, START_MS } from './fixture/law.ts';
import { arrivalOf, messageOf } from './fixture/messages.ts';
import { World } from './fixture/world.ts';
import { DEFAULT_FIFO } from './settings.ts';
import { WINDOW } from './window.ts';

const WITHIN_MS = 100;

function written(law: Law): unknown[] {
  return law.changes.map((change) => ('order' in change ? [change.kind, change.order] : change.kind));
}

test('what is settled soon after its receive costs its lease no writing', () => {
  const law = new Law();
  law.send(2);
  law.taken();
  assert.deepEqual(written(law), []);
  law.settle(1);
  assert.deepEqual(written(law), [['message-removed', 1]]);
});

test('what is held longer is written down within a tenth of a second, once', () => {
  const law = new Law();
  law.send(2);
  law.taken();
  assert.equal(law.wants.wakeAtMs, START_MS + WITHIN_MS);
  law.advance(WITHIN_MS - 1);
  assert.deepEqual(written(law), []);
  law.settle(1);
  law.advance(1);
  assert.deepEqual(written(law), [['message-moved', 2]]);
  assert.equal(law.wants.wakeAtMs, START_MS + 30_000);
  law.advance(WITHIN_MS);
  assert.deepEqual(written(law), []);
});

test('who looks into the store, or closes it, has every lease written first', () => {
  const law = new Law();
  law.send(1);
  law.taken();
  law.apply<'write-leases'>({ kind: 'write-leases' });
  assert.deepEqual(written(law), [['message-moved', 1]]);
});

test('a lease is written at once where it ends soon, on a FIFO queue, and where messages have groups', () => {
  const soon = new Law();
  soon.send(1);
  soon.receive(1, { visibilityMs: 900 });
  assert.deepEqual(written(soon), [['message-moved', 1]]);
  const ordered = new Law({ fifo: DEFAULT_FIFO });
  const inGroup = { ...messageOf(1, START_MS), groupId: 'g' };
  ordered.apply<'send'>({ kind: 'send', arrivals: [arrivalOf(inGroup)] });
  ordered.taken();
  assert.deepEqual(written(ordered), [['message-moved', 1]]);
  const grouped = new Law();
  grouped.apply<'send'>({ kind: 'send', arrivals: [arrivalOf(inGroup)] });
  grouped.taken();
  assert.deepEqual(written(grouped), [['message-moved', 1]]);
});

test('a change of its visibility writes a lease, and nothing is written of it afterwards', () => {
  const law = new Law();
  law.send(1);
  law.taken();
  law.extend(1, 60_000);
  assert.deepEqual(written(law), [['message-moved', 1]]);
  law.advance(WITHIN_MS);
  assert.deepEqual(written(law), []);
});

test('it is waited for as well when an earlier group becomes durable first', () => {
  const world = new World();
  world.mostHeldBytes = 500;
  for (let sent = 0; sent < 3; sent += 1) world.send(0, 10);
  world.begin();
  assert.deepEqual(world.receive(1, 5000), [1]);
  world.advance(6000);
  world.flush();
  const found = new Set<number>();
  for (let round = 0; round < 5; round += 1) {
    for (const order of world.receive(10, 60_000)) found.add(order);
    world.advance(1);
    world.arrive();
  }
  assert.deepEqual([...found], [2, 3, 1]);
});

test('a lease that is written only after its end is waited for before a page is read', () => {
  const window = { ...WINDOW, sizeBytes: 2500, lowCount: 3 };
  const world = new World({}, window);
  for (let sent = 0; sent < 10; sent += 1) world.send(0, 10);
  world.receive(5, 5000);
  for (const nth of [5, 5]) world.settle(nth);
  world.flush();
  world.advance(40_000);
  world.flush();
  world.arrive();
  world.flush();
  const found = new Set<number>();
  for (let round = 0; round < 5; round += 1) {
    world.advance(1);
    world.arrive();
    for (const order of world.receive(10, 60_000)) found.add(order);
  }
  assert.equal(found.size, 8);
});
