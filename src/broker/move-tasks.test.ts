import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../base/random.ts';
import { queueArn, type QueueKey } from '../message/queue-key.ts';
import type { MoveOrder, MoveTask } from './move-task.ts';
import type { KeptBroker } from './kept-broker.ts';
import { bodies, create, named, passed, receive, send, Stage, TINY, turns } from './fixture/stage.ts';

/** As few as any, with room for what a move task takes at once. */
const SMALL = { ...TINY, sizeBytes: 900 };

/** A dead-letter queue `dead`, and the queue `q` whose letters it takes. */
async function pair(broker: KeptBroker): Promise<{ dead: QueueKey; q: QueueKey }> {
  const dead = await create(broker, 'dead');
  const q = await create(broker, 'q', { redrive: { deadLetterQueue: dead, maxReceiveCount: 1 } });
  return { dead, q };
}

/** Sends to a queue and lets everything become a dead letter. */
async function die(broker: KeptBroker, from: QueueKey, ...texts: string[]): Promise<void> {
  await send(broker, from, ...texts);
  for (let round = 0; round < 2 * texts.length + 1; round += 1)
    await receive(broker, from, { visibilityMs: 0 });
}

async function started(broker: KeptBroker, source: QueueKey, order: MoveOrder = {}): Promise<MoveTask> {
  const begun = await broker.moves.start(source, order);
  assert.ok(begun.ok, JSON.stringify(begun));
  return begun.value;
}

function latest(broker: KeptBroker, source: QueueKey): MoveTask {
  const listed = broker.moves.list(source);
  assert.ok(listed.ok);
  const [task] = listed.value;
  assert.ok(task !== undefined);
  return task;
}

async function refusal(broker: KeptBroker, source: QueueKey, order: MoveOrder = {}): Promise<string> {
  const begun = await broker.moves.start(source, order);
  assert.ok(!begun.ok);
  return begun.failure.kind;
}

function counts(broker: KeptBroker, ...queues: QueueKey[]): number[] {
  return queues.map((queue) => {
    const described = broker.describe(queue);
    return described.ok ? described.value.visibleCount : -1;
  });
}

/** Until the task of the queue has ended; time passes meanwhile. */
async function ended(stage: Stage & { broker: KeptBroker }, source: QueueKey): Promise<MoveTask> {
  for (let round = 0; round < 500; round += 1) {
    const task = latest(stage.broker, source);
    if (task.status !== 'running' && task.status !== 'cancelling') return task;
    await passed(stage.clock, 100);
  }
  return assert.fail('the task does not end');
}

test('dead letters go back to the queues that they came from, oldest first, as new messages', async () => {
  const stage = await Stage.open();
  const { broker, clock } = stage;
  const { dead, q } = await pair(broker);
  const other = await create(broker, 'other', { redrive: { deadLetterQueue: dead, maxReceiveCount: 1 } });
  await die(broker, q, 'a', 'b');
  await die(broker, other, 'c');
  const sent = stage.events.find((event) => event.kind === 'sent');
  const sentAtMs = clock.nowMs();
  await passed(clock, 5000);
  await started(broker, dead);
  const task = await ended(stage, dead);
  assert.deepEqual([task.status, task.toMove, task.moved], ['completed', 3, 3]);
  const back = await receive(broker, q);
  assert.deepEqual(bodies(back), ['a', 'b']);
  assert.deepEqual(bodies(await receive(broker, other)), ['c']);
  const [first] = back;
  assert.ok(first !== undefined && sent?.ids.includes(first.message.id) === false);
  assert.equal(first?.receiveCount, 1);
  assert.ok(first.message.sentAtMs >= sentAtMs + 5000);
  assert.equal(first?.message.deadLetterSourceArn, undefined);
  assert.deepEqual(counts(broker, dead), [0]);
});

test('with a destination every message goes there, also one that never was elsewhere', async () => {
  const stage = await Stage.open();
  const { broker } = stage;
  const { dead, q } = await pair(broker);
  const to = await create(broker, 'to');
  await die(broker, q, 'a');
  await send(broker, dead, 'direct');
  await started(broker, dead, { destination: to });
  assert.equal((await ended(stage, dead)).status, 'completed');
  assert.deepEqual(bodies(await receive(broker, to)), ['a', 'direct']);
});

test('a rate is kept: so many messages in a second', async () => {
  const stage = await Stage.open();
  const { broker, clock } = stage;
  const { dead, q } = await pair(broker);
  const to = await create(broker, 'to');
  await die(broker, q, ...Array.from({ length: 10 }, (_, n) => `${n}`));
  await started(broker, dead, { destination: to, perSecond: 2 });
  await turns(10);
  assert.deepEqual(counts(broker, to), [1]);
  for (let half = 2; half <= 6; half += 1) {
    await passed(clock, 499);
    assert.deepEqual(counts(broker, to), [half - 1]);
    await passed(clock, 1);
    assert.deepEqual(counts(broker, to), [half]);
  }
  assert.equal(latest(broker, dead).moved, 6);
});

test('a task that is cancelled stops, and says what it moved', async () => {
  const stage = await Stage.open();
  const { broker } = stage;
  const { dead, q } = await pair(broker);
  await die(broker, q, 'a', 'b', 'c');
  const { id } = await started(broker, dead, { perSecond: 1 });
  await turns(10);
  const cancelled = await broker.moves.cancel(dead, id);
  assert.ok(cancelled.ok);
  assert.equal(cancelled.value.moved, 1);
  await turns(10);
  assert.equal(latest(broker, dead).status, 'cancelled');
  assert.deepEqual(counts(broker, dead, q), [2, 1]);
  const again = await broker.moves.cancel(dead, id);
  assert.equal(!again.ok && again.failure.kind, 'not-running');
  const unknown = await broker.moves.cancel(dead, 'none');
  assert.equal(!unknown.ok && unknown.failure.kind, 'no-such-task');
});

test('a message that nobody knows the source of ends the task and stays as it was', async () => {
  const stage = await Stage.open();
  const { broker } = stage;
  const { dead, q } = await pair(broker);
  await die(broker, q, 'a');
  await send(broker, dead, 'direct');
  await started(broker, dead);
  const task = await ended(stage, dead);
  assert.deepEqual([task.status, task.failure, task.moved], ['failed', 'no-source', 1]);
  const [kept] = await receive(broker, dead);
  assert.deepEqual([kept?.message.body, kept?.receiveCount], ['direct', 1]);
});

test('a destination that vanishes ends the task; what is left stays', async () => {
  const stage = await Stage.open();
  const { broker, clock } = stage;
  const { dead, q } = await pair(broker);
  const to = await create(broker, 'to');
  await die(broker, q, 'a', 'b');
  await started(broker, dead, { destination: to, perSecond: 1 });
  await turns(10);
  await broker.delete(to);
  await passed(clock, 1000);
  const task = await ended(stage, dead);
  assert.deepEqual([task.status, task.failure, task.moved], ['failed', 'no-such-queue', 1]);
  assert.deepEqual(counts(broker, dead), [1]);
});

test('what cannot be moved is refused at the start', async () => {
  const { broker, store } = await Stage.open();
  const { dead, q } = await pair(broker);
  assert.equal(await refusal(broker, named('none')), 'no-such-queue');
  assert.equal(await refusal(broker, q), 'not-a-dead-letter-queue');
  assert.equal(await refusal(broker, dead, { destination: named('none') }), 'no-such-destination');
  assert.equal(await refusal(broker, dead, { destination: dead }), 'destination-is-source');
  store.faults.low = true;
  assert.equal(await refusal(broker, dead), 'disk-full');
  store.faults.low = false;
  await die(broker, q, 'a', 'b');
  await started(broker, dead, { perSecond: 1 });
  assert.equal(await refusal(broker, dead), 'already-moving');
});

test('the last ten tasks are known, newest first', async () => {
  const stage = await Stage.open();
  const { broker } = stage;
  const { dead } = await pair(broker);
  const ids: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    ids.unshift((await started(broker, dead)).id);
    await ended(stage, dead);
  }
  const listed = broker.moves.list(dead);
  assert.deepEqual(listed.ok && listed.value.map(({ id }) => id), ids.slice(0, 10));
});

test('messages that come back while a task runs are not moved in a circle', async () => {
  const stage = await Stage.open();
  const { broker } = stage;
  const { dead, q } = await pair(broker);
  await die(broker, q, 'a', 'b');
  await started(broker, dead, { perSecond: 1 });
  await turns(10);
  for (let n = 0; n < 3; n += 1) await receive(broker, q, { visibilityMs: 0 });
  assert.deepEqual(counts(broker, dead, q), [2, 0]);
  const task = await ended(stage, dead);
  assert.deepEqual([task.status, task.moved], ['completed', 2]);
  assert.deepEqual(counts(broker, dead, q), [1, 1]);
});

test('a task that a stop interrupts goes on when the platform starts again, and moves each message once', async () => {
  const stage = await Stage.open(undefined, undefined, SMALL);
  const { dead, q } = await pair(stage.broker);
  const texts = Array.from({ length: 9 }, (_, n) => `${n}`);
  for (const text of texts) await send(stage.broker, dead, text);
  await passed(stage.clock, 1);
  const { id, toMove } = await started(stage.broker, dead, { destination: q, perSecond: 1 });
  assert.equal(toMove, 9);
  await passed(stage.clock, 1000);
  await passed(stage.clock, 1000);
  await stage.broker[Symbol.asyncDispose]();
  const again = await Stage.open(stage.disk, stage.clock, SMALL);
  const task = await ended(again, dead);
  assert.deepEqual([task.id, task.status, task.moved], [id, 'completed', 9]);
  const back: string[] = [];
  for (let n = 0; n < 9; n += 1) back.push(...bodies(await receive(again.broker, q)));
  assert.deepEqual(back.toSorted(), texts);
  assert.deepEqual(counts(again.broker, dead), [0]);
});

test('whatever the moment of a crash and however full the disk, a moved message is in one queue, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, fills) => {
      const random = new SeededRandom(seed);
      const stage = await Stage.open(undefined, undefined, SMALL);
      const { broker, store, disk, clock } = stage;
      const { dead } = await pair(broker);
      const to = await create(broker, 'to');
      const texts = Array.from({ length: 12 }, (_, n) => `${n}`.padStart(2, '0'));
      for (const text of texts) await send(broker, dead, text);
      store.faults.slow = async () => {
        await turns(Math.floor(random.fraction() * 4));
        store.faults.full = fills && random.fraction() < 0.3;
      };
      const order = { destination: to, perSecond: 20 };
      const begun = await broker.moves.start(dead, order);
      const crashAt = Math.floor(random.fraction() * 12);
      for (let step = 0; step < crashAt; step += 1) await passed(clock, 100);
      await turns(Math.floor(random.fraction() * 5));
      const after = await Stage.open(disk.snapshot(), clock, SMALL);
      const listed = after.broker.moves.list(dead);
      const hasTask = listed.ok && listed.value.length > 0;
      if (begun.ok) assert.ok(hasTask, 'the task was acknowledged and is gone');
      if (hasTask) assert.equal((await ended(after, dead)).status, 'completed');
      await passed(clock, 1);
      const [left, there] = [await drained(after, dead), await drained(after, to)];
      assert.deepEqual([...left, ...there].toSorted(), texts);
      if (hasTask) assert.deepEqual(left, []);
    }),
    { numRuns: 60 },
  );
});

/** Everything in a queue. */
async function drained({ broker }: { broker: KeptBroker }, queue: QueueKey): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const some = bodies(await receive(broker, queue));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** A FIFO queue whose dead letters another takes, with letters of two groups. */
async function inOrder(broker: KeptBroker): Promise<{ dead: QueueKey; q: QueueKey }> {
  const dead = await create(broker, 'dead.fifo', { fifo: {} });
  const q = await create(broker, 'q.fifo', {
    ...{ fifo: {}, visibilityMs: 1000 },
    redrive: { deadLetterQueue: dead, maxReceiveCount: 1 },
  });
  const entry = (body: string) => ({ body, attributes: {}, senderId: 's', groupId: body.charAt(0) });
  const sent = await broker.send(q, ['a1', 'b1', 'a2', 'b2', 'a3'].map(entry));
  assert.ok(sent.ok);
  return { dead, q };
}

test('dead letters of a FIFO queue go back in the order of their groups, and are no duplicates', async () => {
  const stage = await Stage.open();
  const { broker, clock } = stage;
  const { dead, q } = await inOrder(broker);
  assert.equal((await receive(broker, q)).length, 5);
  await passed(clock, 1001);
  assert.deepEqual(await receive(broker, q), []);
  await started(broker, dead);
  const task = await ended(stage, dead);
  assert.deepEqual([task.status, task.moved], ['completed', 5]);
  const back = await receive(broker, q);
  const ofGroup = (group: string) => bodies(back).filter((body) => body.startsWith(group));
  assert.deepEqual(
    [ofGroup('a'), ofGroup('b')],
    [
      ['a1', 'a2', 'a3'],
      ['b1', 'b2'],
    ],
  );
  assert.ok(back.every(({ message }) => message.deduplicationId === message.id));
});

test('a task between FIFO queues goes on after a restart, through a window of two messages', async () => {
  const stage = await Stage.open(undefined, undefined, SMALL);
  const dead = await create(stage.broker, 'dead.fifo', { fifo: {} });
  const to = await create(stage.broker, 'to.fifo', { fifo: {} });
  await create(stage.broker, 'q.fifo', {
    fifo: {},
    redrive: { deadLetterQueue: dead, maxReceiveCount: 1 },
  });
  const texts = Array.from({ length: 9 }, (_, n) => `${n}`);
  for (const body of texts) {
    const sent = await stage.broker.send(dead, [{ body, attributes: {}, senderId: 's', groupId: 'g' }]);
    assert.ok(sent.ok);
  }
  await passed(stage.clock, 1);
  await started(stage.broker, dead, { destination: to, perSecond: 2 });
  await passed(stage.clock, 500);
  const again = await Stage.open(stage.disk.snapshot(), stage.clock, SMALL);
  const task = await ended(again, dead);
  assert.deepEqual([task.status, task.moved], ['completed', 9]);
  const back: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    const taken = await receive(again.broker, to);
    back.push(...bodies(taken));
    const receipts = taken.map(({ receipt }) => receipt);
    await again.broker.settle(to, receipts);
    await passed(again.clock, 1);
  }
  assert.deepEqual(back, texts);
});

test('a task moves between queues of one type alone', async () => {
  const { broker } = await Stage.open();
  const { dead } = await inOrder(broker);
  const to = await create(broker, 'to');
  assert.equal(await refusal(broker, dead, { destination: to }), 'destination-of-other-type');
});

test('what happens is told', async () => {
  const stage = await Stage.open();
  const { broker, events } = stage;
  const { dead, q } = await pair(broker);
  await die(broker, q, 'a');
  await started(broker, dead);
  await ended(stage, dead);
  const told = events.find((event) => event.kind === 'moved');
  assert.deepEqual([told?.queue, told?.target, told?.ids.length], [dead, q, 1]);
  assert.match(queueArn(dead), /:dead$/);
});
