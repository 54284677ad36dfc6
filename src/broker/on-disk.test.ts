import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodies, create, receive, send } from './fixture/stage.ts';
import { OnDisk } from './fixture/on-disk.ts';

test('on SQLite: a restart keeps what waits and what clients hold, and opens what dispatchers held', async (context) => {
  const disk = new OnDisk(context);
  const first = await disk.open();
  const queue = await create(first);
  await send(first, queue, 'settled', 'client', 'dispatcher', 'waiting');
  const [settled] = await receive(first, queue, { maximum: 1 });
  assert.ok(settled !== undefined);
  assert.ok((await first.settle(queue, [settled.receipt])).ok);
  const [held] = await receive(first, queue, { maximum: 1 });
  assert.ok(held !== undefined);
  await receive(first, queue, { maximum: 1, holder: 'dispatcher' });
  disk.clock.advance(1);
  const second = await disk.open();
  disk.clock.advance(1);
  const all = [...(await receive(second, queue)), ...(await receive(second, queue))];
  assert.deepEqual(
    bodies(all).toSorted((one, other) => (one < other ? -1 : 1)),
    ['dispatcher', 'waiting'],
  );
  const late = await second.settle(queue, [held.receipt]);
  assert.deepEqual(late.ok && late.value, ['settled']);
  const described = second.describe(queue);
  assert.deepEqual(described.ok && [described.value.visibleCount, described.value.inFlightCount], [0, 2]);
});

test('on SQLite: more delayed messages than are known by heart count as delayed after a restart, and come in their time', async (context) => {
  const disk = new OnDisk(context);
  const first = await disk.open();
  const queue = await create(first);
  const [count, delayMs] = [12_000, 60_000];
  const delayed = { body: 'later', attributes: {}, senderId: 's', delayMs };
  for (let sent = 0; sent < count; sent += 1000) {
    const entries = Array.from({ length: 1000 }, () => delayed);
    assert.ok((await first.send(queue, entries)).ok);
  }
  disk.clock.advance(1);
  const second = await disk.open();
  const counts = (): readonly number[] => {
    const described = second.describe(queue);
    return described.ok ? [described.value.visibleCount, described.value.delayedCount] : [];
  };
  assert.deepEqual(counts(), [0, count]);
  assert.deepEqual(await receive(second, queue), []);
  assert.deepEqual(counts(), [0, count], 'also when the store has been asked');
  disk.clock.advance(delayMs);
  assert.equal((await receive(second, queue)).length, 10);
  assert.deepEqual(counts(), [count - 10, 0]);
});
