import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import type { ReceiptHandle } from '../base/ids.ts';
import { bodies, create, named, receive, send, Stage, turns } from './fixture/stage.ts';

test('a message is received, hidden, offered again after its lease, and gone once settled', async () => {
  const { broker, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  const [first] = await receive(broker, queue);
  assert.equal(first?.receiveCount, 1);
  assert.deepEqual(await receive(broker, queue), []);
  clock.advance(30_000);
  const [second] = await receive(broker, queue);
  assert.equal(second?.receiveCount, 2);
  assert.equal(second?.firstReceivedAtMs, first?.firstReceivedAtMs);
  assert.notEqual(second?.receipt, first?.receipt);
  const settled = await broker.settle(queue, [
    present(first, 'the delivery').receipt,
    'nonsense' as ReceiptHandle,
  ]);
  assert.deepEqual(settled.ok && settled.value, ['settled', 'receipt-invalid']);
  clock.advance(30_000);
  assert.deepEqual(await receive(broker, queue), []);
});

test('a receipt of another queue is invalid', async () => {
  const { broker } = await Stage.open();
  const [queue, other] = [await create(broker, 'q'), await create(broker, 'other')];
  await send(broker, queue, 'a');
  const [delivery] = await receive(broker, queue);
  const settled = await broker.settle(other, [delivery?.receipt as ReceiptHandle]);
  assert.deepEqual(settled.ok && settled.value, ['receipt-invalid']);
});

test('no send is answered, and no message handed out, before its group is durable', async () => {
  const { broker, store } = await Stage.open();
  const queue = await create(broker);
  const disk = Promise.withResolvers<void>();
  store.faults.slow = () => disk.promise;
  const done: string[] = [];
  const sent = send(broker, queue, 'a').then(() => done.push('sent'));
  const received = receive(broker, queue, { waitMs: 1000 }).then(() => done.push('received'));
  await turns();
  assert.deepEqual(done, []);
  disk.resolve();
  await Promise.all([sent, received]);
  assert.deepEqual(
    done.toSorted((one, other) => (one < other ? -1 : 1)),
    ['received', 'sent'],
  );
});

test('a receive does not wait for its own lease', async () => {
  const { broker, store } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  store.faults.slow = () => new Promise(() => undefined);
  assert.deepEqual(bodies(await receive(broker, queue)), ['a']);
});

test('a repeated settle is answered no sooner than the first is durable', async () => {
  const { broker, store } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  const [delivery] = await receive(broker, queue);
  await turns();
  store.faults.slow = () => new Promise(() => undefined);
  const receipts = [delivery?.receipt as ReceiptHandle];
  const answers: string[] = [];
  void broker.settle(queue, receipts).then(() => answers.push('first'));
  await turns();
  void broker.settle(queue, receipts).then(() => answers.push('second'));
  await turns();
  assert.deepEqual(answers, []);
});

test('long polls are served first come, first served, and let go when aborted or over', async () => {
  const { broker, clock } = await Stage.open();
  const queue = await create(broker);
  const hangUp = new AbortController();
  const gone = receive(broker, queue, { waitMs: 20_000, signal: hangUp.signal });
  const first = receive(broker, queue, { waitMs: 20_000, maximum: 1 });
  const second = receive(broker, queue, { waitMs: 20_000, maximum: 1 });
  const third = receive(broker, queue, { waitMs: 20_000 });
  hangUp.abort();
  assert.deepEqual(await gone, []);
  await send(broker, queue, 'a', 'b');
  assert.deepEqual(bodies([...(await first), ...(await second)]), ['a', 'b']);
  clock.advance(20_000);
  assert.deepEqual(await third, []);
});

test('a delay that ends and a lease that ends wake who waits', async () => {
  const { broker, clock } = await Stage.open();
  const queue = await create(broker, 'q', { delayMs: 5000 });
  await send(broker, queue, 'a');
  const ripened = receive(broker, queue, { waitMs: 20_000 });
  clock.advance(5000);
  assert.deepEqual(bodies(await ripened), ['a']);
  const again = receive(broker, queue, { waitMs: 20_000 });
  const arrival = broker.arrival(queue, new AbortController().signal);
  clock.advance(30_000);
  await arrival;
  clock.advance(20_000);
  assert.deepEqual(bodies(await again), []);
  const later = receive(broker, queue, { waitMs: 20_000 });
  assert.deepEqual(bodies(await later), ['a']);
});

test('a message received too often moves to the dead-letter queue with its name, age and count', async () => {
  const { broker, clock, events } = await Stage.open();
  const dead = await create(broker, 'dead');
  const redrive = { deadLetterQueue: dead, maxReceiveCount: 1 };
  const queue = await create(broker, 'q', { redrive });
  await send(broker, queue, 'a');
  const [before] = await receive(broker, queue);
  clock.advance(30_000);
  const waiting = receive(broker, dead, { waitMs: 20_000 });
  assert.deepEqual(await receive(broker, queue), []);
  const [after] = await waiting;
  assert.equal(after?.message.id, before?.message.id);
  assert.equal(after?.message.sentAtMs, before?.message.sentAtMs);
  assert.equal(after?.receiveCount, 2);
  assert.equal(after?.message.deadLetterSourceArn, 'arn:aws:sqs:us-east-1:000000000000:q');
  assert.ok(events.some(({ kind }) => kind === 'dead-lettered'));
});

test('without its dead-letter queue a message stays and is delivered', async () => {
  const { broker, clock } = await Stage.open();
  const dead = await create(broker, 'dead');
  const queue = await create(broker, 'q', { redrive: { deadLetterQueue: dead, maxReceiveCount: 1 } });
  await send(broker, queue, 'a');
  await receive(broker, queue);
  await broker.delete(dead);
  clock.advance(30_000);
  assert.deepEqual(bodies(await receive(broker, queue)), ['a']);
});

test('a queue is created again with success only if what is given agrees', async () => {
  const { broker } = await Stage.open();
  await create(broker, 'q', { visibilityMs: 1000 });
  assert.equal((await broker.create(named('q'), {}, {})).ok, true);
  const differs = await broker.create(named('q'), { visibilityMs: 2000 }, {});
  assert.deepEqual(differs, { ok: false, failure: { kind: 'exists-differently', setting: 'visibilityMs' } });
});

test('deleting a queue sends its waiters away and frees its name', async () => {
  const { broker } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  await receive(broker, queue);
  const waiting = broker.receive(queue, { maximum: 1, waitMs: 20_000, holder: 'client' });
  await broker.delete(queue);
  assert.deepEqual(await waiting, { ok: false, failure: { kind: 'no-such-queue', queue } });
  await create(broker);
  assert.deepEqual(await receive(broker, queue), []);
});

test('a purge takes waiting, leased and delayed messages', async () => {
  const { broker, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'leased');
  await receive(broker, queue);
  await send(broker, queue, 'waiting');
  await broker.purge(queue);
  clock.advance(60_000);
  assert.deepEqual(await receive(broker, queue), []);
  const described = broker.describe(queue);
  assert.ok(described.ok);
  assert.deepEqual([described.value.visibleCount, described.value.inFlightCount], [0, 0]);
});

test('a receive that would wait beyond the bound is refused; one that finds a message or a place is not', async () => {
  const { broker, clock } = await Stage.open(undefined, undefined, {}, { waitingReceivesLimit: 1 });
  const [queue, other] = [await create(broker, 'q'), await create(broker, 'other')];
  const wait = () => broker.receive(queue, { maximum: 1, waitMs: 1000, holder: 'client' });
  const first = wait();
  await turns();
  assert.deepEqual(await wait(), { ok: false, failure: { kind: 'overloaded' } });
  await send(broker, other, 'a');
  assert.deepEqual(bodies(await receive(broker, other, { waitMs: 1000 })), ['a']);
  clock.advance(1000);
  assert.deepEqual(await first, { ok: true, value: [] });
  const second = wait();
  await turns();
  clock.advance(1000);
  assert.deepEqual(await second, { ok: true, value: [] });
});
