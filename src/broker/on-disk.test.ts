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
