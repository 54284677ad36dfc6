import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceiptHandle } from '../base/ids.ts';
import { bodies, create, passed, receive, send, Stage, turns } from './fixture/stage.ts';

test('client leases outlive a restart, those of dispatchers open at once', async () => {
  const { broker, disk, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'client', 'dispatcher');
  await receive(broker, queue, { maximum: 1 });
  const [taken] = await receive(broker, queue, { maximum: 1, holder: 'dispatcher' });
  await broker[Symbol.asyncDispose]();
  const again = await Stage.open(disk, clock);
  await passed(clock, 1);
  const [opened, ...others] = await receive(again.broker, queue);
  assert.equal(opened?.message.body, 'dispatcher');
  assert.equal(opened?.receiveCount, 2);
  assert.equal(opened?.firstReceivedAtMs, taken?.firstReceivedAtMs);
  assert.notEqual(opened?.receipt, taken?.receipt);
  assert.deepEqual(others, []);
  const later = receive(again.broker, queue, { waitMs: 20_000, maximum: 1 });
  await passed(clock, 20_000);
  assert.deepEqual(bodies(await later), []);
});

test('a lease that ends on an idle broker after a restart is offered again', async () => {
  const { broker, disk, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  const [taken] = await receive(broker, queue);
  await broker[Symbol.asyncDispose]();
  const again = await Stage.open(disk, clock);
  await passed(clock, 20_000);
  const described = again.broker.describe(queue);
  assert.equal(described.ok && described.value.inFlightCount, 1);
  const waiting = receive(again.broker, queue, { waitMs: 20_000 });
  await passed(clock, 10_001);
  assert.deepEqual(bodies(await waiting), ['a']);
  const settled = await again.broker.settle(queue, [taken?.receipt as ReceiptHandle]);
  assert.deepEqual(settled.ok && settled.value, ['settled']);
});

test('a late receipt settles a message that rests in the store', async () => {
  const { broker, disk, clock } = await Stage.open();
  const queue = await create(broker, 'q', { visibilityMs: 1000 });
  await send(broker, queue, 'a', 'b');
  const [taken] = await receive(broker, queue, { maximum: 1 });
  await broker[Symbol.asyncDispose]();
  clock.advance(2000);
  const again = await Stage.open(disk, clock);
  const settled = await again.broker.settle(queue, [taken?.receipt as ReceiptHandle]);
  assert.deepEqual(settled.ok && settled.value, ['settled']);
  assert.deepEqual(bodies(await receive(again.broker, queue, { waitMs: 10 })), ['b']);
});

test('below the reserve sends are refused before they are applied, and settles go on', async () => {
  const { broker, store } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  store.faults.low = true;
  const entry = { body: 'b', attributes: {}, senderId: 'sender' };
  assert.deepEqual(await broker.send(queue, [entry]), { ok: false, failure: { kind: 'disk-full' } });
  const [delivery] = await receive(broker, queue);
  const settled = await broker.settle(queue, [delivery?.receipt as ReceiptHandle]);
  assert.equal(settled.ok, true);
});

test('a commit that finds the disk full never happened, and the queue goes on from what is durable', async () => {
  const { broker, store, fatal, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a', 'b');
  const deliveries = await receive(broker, queue);
  await turns();
  store.faults.full = true;
  const entry = { body: 'lost', attributes: {}, senderId: 'sender' };
  const full = { ok: false, failure: { kind: 'disk-full' } };
  const sent = broker.send(queue, [entry]);
  const settled = broker.settle(queue, [deliveries[0]?.receipt as ReceiptHandle]);
  assert.deepEqual([await sent, await settled], [full, full]);
  store.faults.full = false;
  await send(broker, queue, 'c');
  await passed(clock, 30_001);
  const all = await receive(broker, queue);
  assert.deepEqual(bodies(all).toSorted(), ['a', 'b', 'c']);
  assert.deepEqual(fatal, []);
});

test('a queue whose creation or deletion was lost is as it was before', async () => {
  const { broker, store, clock } = await Stage.open();
  const queue = await create(broker, 'kept');
  await send(broker, queue, 'a');
  store.faults.full = true;
  const full = { ok: false, failure: { kind: 'disk-full' } };
  const created = broker.create({ ...queue, name: 'new' }, {}, {});
  const deleted = broker.delete(queue);
  assert.deepEqual([await created, await deleted], [full, full]);
  store.faults.full = false;
  await passed(clock, 1);
  assert.deepEqual(
    broker.list(queue.account, queue.region).map(({ name }) => name),
    ['kept'],
  );
  assert.deepEqual(bodies(await receive(broker, queue)), ['a']);
});

test('a broken disk ends everything: nothing pending is answered', async () => {
  const { broker, store, fatal } = await Stage.open();
  const queue = await create(broker);
  store.faults.broken = true;
  const answers: unknown[] = [];
  void broker
    .send(queue, [{ body: 'a', attributes: {}, senderId: 's' }])
    .then((answer) => answers.push(answer));
  await turns();
  assert.equal(fatal.length, 1);
  assert.deepEqual(answers, []);
});

test('a backlog larger than the window comes back whole, and memory stays bounded', async () => {
  const { broker, clock } = await Stage.open();
  const queue = await create(broker);
  const body = 'x'.repeat(500_000);
  for (let sent = 0; sent < 40; sent += 1) await send(broker, queue, `${sent} ${body}`);
  const seen = new Set<string>();
  for (let round = 0; round < 60 && seen.size < 40; round += 1) {
    clock.advance(1);
    for (const each of bodies(await receive(broker, queue, { visibilityMs: 1e6, waitMs: 0 }))) seen.add(each);
  }
  assert.equal(seen.size, 40);
});
