import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { Change } from '../store/change.ts';
import { MemoryDisk } from '../store/memory/memory-store.ts';
import { bodies, create, named, passed, receive, send, Stage, turns, TINY } from './fixture/stage.ts';

/** Room for two short messages. */
const FULL = { ok: false, failure: { kind: 'disk-full' } };

function tiny(disk = new MemoryDisk(), clock = new ManualClock()) {
  return Stage.open(disk, clock, TINY);
}

test('a queue that is created twice at once is one queue', async () => {
  const { broker, disk } = await Stage.open();
  const [first, second] = await Promise.all([
    broker.create(named('q'), {}, {}),
    broker.create(named('q'), {}, {}),
  ]);
  assert.deepEqual([first.ok, second.ok], [true, true]);
  assert.equal(disk.queues.size, 1);
  const [, differs] = await Promise.all([
    broker.create(named('r'), {}, {}),
    broker.create(named('r'), { delayMs: 1000 }, {}),
  ]);
  assert.equal(differs.ok, false);
});

test('a queue that is deleted twice at once is deleted once', async () => {
  const { broker } = await Stage.open();
  const queue = await create(broker);
  const told: string[] = [];
  broker.listen({ deleted: ({ name }) => told.push(name) });
  const [first, second] = await Promise.all([broker.delete(queue), broker.delete(queue)]);
  assert.deepEqual([first.ok, second], [true, { ok: false, failure: { kind: 'no-such-queue', queue } }]);
  assert.deepEqual(told, ['q']);
});

test('a lost deletion brings the queue back even when its name was taken meanwhile', async () => {
  const { broker, store, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  clock.advance(1);
  store.faults.full = true;
  const deleted = broker.delete(queue);
  const created = broker.create(queue, { delayMs: 5000 }, {});
  assert.deepEqual([await deleted, await created], [FULL, FULL]);
  store.faults.full = false;
  assert.deepEqual(bodies(await receive(broker, queue)), ['a']);
  const described = broker.describe(queue);
  assert.equal(described.ok && described.value.settings.delayMs, 0);
});

test('listeners hear of queues after they are durable, and not of what was lost', async () => {
  const { broker, store } = await Stage.open();
  const told: string[] = [];
  const stop = broker.listen({
    created: ({ name }) => told.push(`${name} created`),
    deleted: ({ name }) => told.push(`${name} deleted`),
  });
  const disk = Promise.withResolvers<void>();
  store.faults.slow = () => disk.promise;
  const created = create(broker, 'a');
  await turns();
  assert.deepEqual(told, []);
  disk.resolve();
  await created;
  store.faults.full = true;
  await broker.create(named('b'), {}, {});
  store.faults.full = false;
  await broker.delete(named('a'));
  assert.deepEqual(told, ['a created', 'a deleted']);
  stop();
  await create(broker, 'c');
  assert.equal(told.length, 2);
});

test('a settle that a full disk lost is not answered as done, and its message is offered again', async () => {
  const { broker, store, clock } = await Stage.open();
  const queue = await create(broker);
  await send(broker, queue, 'a');
  const [delivery] = await receive(broker, queue, { visibilityMs: 900 });
  const receipts = [present(delivery, 'the delivery').receipt];
  await turns();
  const disk = Promise.withResolvers<void>();
  store.faults.slow = () => disk.promise;
  const other = send(broker, queue, 'lost').catch(() => 'refused');
  await turns();
  store.faults.full = true;
  disk.resolve();
  const settled = broker.settle(queue, receipts);
  assert.deepEqual([await settled, await other], [FULL, 'refused']);
  store.faults.full = false;
  await passed(clock, 1001);
  const [again] = await receive(broker, queue);
  assert.deepEqual([again?.message.body, again?.receiveCount], ['a', 2]);
});

test('a long poll is not given a message whose send was lost', async () => {
  const { broker, store, clock } = await Stage.open();
  const queue = await create(broker);
  const waiting = broker.receive(queue, { maximum: 1, waitMs: 20_000, holder: 'client' });
  store.faults.full = true;
  const sent = broker.send(queue, [{ body: 'lost', attributes: {}, senderId: 's' }]);
  assert.deepEqual([await sent, await waiting], [FULL, FULL]);
  store.faults.full = false;
  await passed(clock, 60_000);
  assert.deepEqual(bodies(await receive(broker, queue)), []);
});

test('who waits for a message waits on while its queue is read again', async () => {
  const { broker, store } = await Stage.open();
  const [queue, other] = [await create(broker), await create(broker, 'other')];
  await send(broker, other, 'x');
  store.faults.full = true;
  const tagged = broker.tag(queue, { a: 'b' });
  const waiting = receive(broker, queue, { waitMs: 20_000 });
  assert.deepEqual(await tagged, FULL);
  store.faults.full = false;
  await send(broker, queue, 'a');
  assert.deepEqual(bodies(await waiting), ['a']);
  const described = broker.describe(queue);
  assert.deepEqual(described.ok && described.value.tags, {});
});

test('a broken disk is told once, however many ask it', async () => {
  const { broker, store, fatal } = await tiny();
  const queue = await create(broker);
  for (const body of ['a', 'b', 'c', 'd']) await send(broker, queue, body);
  const broken = () => Promise.reject(new Error('broken'));
  Object.assign(store, { commit: broken, page: broken, read: broken });
  const answers: unknown[] = [];
  void receive(broker, queue).then(() => void broker.settle(queue, []).then((each) => answers.push(each)));
  void broker.purge(queue).then((each) => answers.push(each));
  void broker.tag(queue, {}).then((each) => answers.push(each));
  await turns();
  assert.equal(fatal.length, 1);
  assert.deepEqual(answers, []);
  await broker[Symbol.asyncDispose]();
});

test('a long poll gets what rests in the store although only other queues write', async () => {
  const { broker, store, clock } = await tiny();
  const [queue, other] = [await create(broker), await create(broker, 'other')];
  await send(broker, queue, 'a', 'b', 'c', 'd');
  await receive(broker, queue, { maximum: 2 });
  await turns();
  const disk = Promise.withResolvers<void>();
  store.faults.slow = () => disk.promise;
  const busy = send(broker, other, 'x');
  await turns();
  const waiting = receive(broker, queue, { waitMs: 20_000 });
  await passed(clock, 1);
  disk.resolve();
  await busy;
  assert.deepEqual(bodies(await waiting), ['c', 'd']);
});

test('a receive that does not wait looks into the store when the window is empty', async () => {
  const { broker, clock, disk } = await tiny();
  const queue = await create(broker);
  await send(broker, queue, 'a', 'b', 'c', 'd');
  await broker[Symbol.asyncDispose]();
  clock.advance(1);
  const again = await tiny(disk, clock);
  assert.deepEqual(bodies(await receive(again.broker, queue)), ['a', 'b', 'c', 'd']);
});

test('a late receipt settles what went back to the store, even while it is being leased again', async () => {
  const { broker, clock, disk } = await tiny();
  const queue = await create(broker);
  await send(broker, queue, 'a', 'b', 'c', 'd');
  const taken = await receive(broker, queue, { visibilityMs: 1000, maximum: 2 });
  await passed(clock, 1001);
  const [settled] = await Promise.all([
    broker.settle(
      queue,
      taken.map(({ receipt }) => receipt),
    ),
    receive(broker, queue, { visibilityMs: 1 }),
  ]);
  assert.deepEqual(settled.ok && settled.value, ['settled', 'settled']);
  const left = [...present([...disk.queues.values()][0], 'the queue').stored.values()];
  assert.deepEqual(
    left.map(({ message }) => message.body),
    ['c', 'd'],
  );
});

test('late extensions of what rests in the store bring nothing into memory', async () => {
  const { broker, clock } = await tiny();
  const queue = await create(broker);
  await send(broker, queue, 'a', 'b', 'c', 'd');
  const [delivery] = await receive(broker, queue, { visibilityMs: 1000, maximum: 1 });
  await passed(clock, 1001);
  const receipt = present(delivery, 'the delivery').receipt;
  const extended = await broker.extend(queue, [{ receipt, visibilityMs: 1000 }]);
  assert.deepEqual(extended.ok && extended.value, ['not-in-flight']);
  await broker.settle(queue, [receipt]);
  const gone = await broker.extend(queue, [{ receipt, visibilityMs: 1000 }]);
  assert.deepEqual(gone.ok && gone.value, ['message-gone']);
});

test('a dead letter leaves and joins in one group', async () => {
  const { broker, clock, store } = await Stage.open();
  const dead = await create(broker, 'dead');
  const queue = await create(broker, 'q', { redrive: { deadLetterQueue: dead, maxReceiveCount: 1 } });
  await send(broker, queue, 'a');
  await receive(broker, queue);
  await passed(clock, 30_000);
  const groups: Change[][] = [];
  const commit = store.commit.bind(store);
  store.commit = (group, atMs) => {
    groups.push([...group]);
    return commit(group, atMs);
  };
  await receive(broker, queue);
  await turns();
  const kinds = groups.map((group) =>
    group.map(({ kind }) => kind).filter((kind) => kind.startsWith('message')),
  );
  assert.deepEqual(kinds, [['message-removed', 'message-added']]);
});

test('a queue that is its own dead-letter queue keeps its messages; one whose dead-letter queue is being read again waits for it', async () => {
  const { broker, clock, store } = await Stage.open();
  const dead = await create(broker, 'dead');
  const queue = await create(broker, 'q', { redrive: { deadLetterQueue: dead, maxReceiveCount: 1 } });
  const own = await create(broker, 'own');
  await broker.change(own, { redrive: { deadLetterQueue: own, maxReceiveCount: 1 } });
  for (const each of [queue, own]) await send(broker, each, 'a');
  for (const each of [queue, own]) await receive(broker, each);
  await passed(clock, 30_000);
  assert.deepEqual(bodies(await receive(broker, own)), ['a']);
  const reading = Promise.withResolvers<undefined>();
  store.faults.full = true;
  const reload = store.reload.bind(store);
  store.reload = async (...asked) => {
    await reading.promise;
    return reload(...asked);
  };
  assert.deepEqual(await broker.tag(dead, { a: 'b' }), FULL);
  store.faults.full = false;
  const received = receive(broker, queue);
  const polled = receive(broker, queue, { waitMs: 20_000 });
  await turns(20);
  reading.resolve(undefined);
  assert.deepEqual(bodies(await received), []);
  assert.deepEqual(bodies(await receive(broker, dead)), ['a']);
  await passed(clock, 20_000);
  assert.deepEqual(bodies(await polled), []);
});

test('two queues that are dead-letter queues of each other do not hang the platform', async () => {
  const { broker, clock } = await Stage.open();
  const [one, other] = [await create(broker, 'one'), await create(broker, 'other')];
  await broker.change(one, { redrive: { deadLetterQueue: other, maxReceiveCount: 1 } });
  await broker.change(other, { redrive: { deadLetterQueue: one, maxReceiveCount: 1 } });
  await send(broker, one, 'a');
  await receive(broker, one);
  const waiting = [one, other].map((queue) => receive(broker, queue, { waitMs: 20_000 }));
  await passed(clock, 30_000);
  clock.advance(20_000);
  assert.deepEqual(await Promise.all(waiting), [[], []]);
});

test('everybody who waits for an arrival is woken by one message, which is taken once', async () => {
  const { broker } = await Stage.open();
  const queue = await create(broker);
  const { signal } = new AbortController();
  const arrivals = [broker.arrival(queue, signal), broker.arrival(queue, signal)];
  const poll = receive(broker, queue, { waitMs: 20_000 });
  await send(broker, queue, 'a');
  assert.deepEqual(
    (await Promise.all(arrivals)).map(({ ok }) => ok),
    [true, true],
  );
  assert.deepEqual(bodies(await poll), ['a']);
  const leaving = new AbortController();
  const aborted = broker.arrival(queue, leaving.signal);
  leaving.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
});

test('a stopped broker has made durable what it accepted, lets everybody go and takes nothing more', async () => {
  const { broker, disk, clock } = await Stage.open();
  const queue = await create(broker);
  const waiting = receive(broker, queue, { waitMs: 20_000 });
  await turns();
  const stopping = { ok: false, failure: { kind: 'stopping' } };
  const other = await create(broker, 'other');
  const sent = send(broker, other, 'a');
  const stopped = broker[Symbol.asyncDispose]();
  assert.deepEqual(await waiting, []);
  assert.deepEqual(await broker.settle(queue, []), stopping);
  assert.deepEqual(await broker.create(named('new'), {}, {}), stopping);
  assert.deepEqual(await broker.purge(queue), stopping);
  await Promise.all([sent, stopped]);
  clock.advance(1);
  const again = await Stage.open(disk, clock);
  assert.deepEqual(bodies(await receive(again.broker, other)), ['a']);
});
