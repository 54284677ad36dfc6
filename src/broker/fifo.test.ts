import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from './broker.ts';
import { OnDisk } from './fixture/on-disk.ts';
import { bodies, create, named, passed, receive, Stage, turns, TINY } from './fixture/stage.ts';
import type { KeptBroker } from './kept-broker.ts';

/** Room for two short messages: nearly everything goes through the store. */

const Q = named('q.fifo');

async function sent(broker: KeptBroker, group: string, ...texts: string[]): Promise<readonly Sent[]> {
  const entries = texts.map((body) => ({ body, attributes: {}, senderId: 's', groupId: group }));
  const answer = await broker.send(Q, entries);
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
}

test('the window of deduplication outlives a restart, in memory and on a real disk', async (context) => {
  const stage = await Stage.open();
  await create(stage.broker, Q.name, { fifo: {} });
  const first = await sent(stage.broker, 'a', '1', '2', '3');
  stage.clock.advance(299_999);
  const again = await Stage.open(stage.disk, stage.clock);
  assert.deepEqual(await sent(again.broker, 'b', '1', '2', '3'), first);
  stage.clock.advance(1);
  assert.notDeepEqual(await sent(again.broker, 'b', '1', '2', '3'), first);

  const disk = new OnDisk(context);
  const broker = await disk.open();
  await create(broker, Q.name, { fifo: {} });
  const kept = await sent(broker, 'a', 'x', 'y');
  disk.clock.advance(299_999);
  const reopened = await disk.open();
  assert.deepEqual(await sent(reopened, 'a', 'x', 'y'), kept);
  assert.deepEqual(bodies(await receive(reopened, Q)), ['x', 'y']);
});

test('what became durable together is remembered each for its own time', async () => {
  const stage = await Stage.open();
  const { broker, store, clock, disk } = stage;
  await create(broker, Q.name, { fifo: {} });
  const slow = Promise.withResolvers<void>();
  store.faults.slow = () => slow.promise;
  const answers: Promise<readonly Sent[]>[] = [];
  for (const text of ['1', '2', '3', '4', '5']) {
    answers.push(sent(broker, 'a', text));
    await turns();
    clock.advance(2000);
  }
  slow.resolve();
  const last = (await Promise.all(answers)).at(-1);
  clock.advance(296_000);
  const again = await Stage.open(disk, clock);
  assert.deepEqual(await sent(again.broker, 'a', '5'), last);
  assert.equal((await sent(again.broker, 'a', '1')).length, 1);
});

test('a duplicate is answered only once its original is durable', async () => {
  const { broker, store } = await Stage.open();
  await create(broker, Q.name, { fifo: {} });
  const slow = Promise.withResolvers<void>();
  store.faults.slow = () => slow.promise;
  let answered = 0;
  const original = sent(broker, 'a', 'same').finally(() => (answered += 1));
  await turns();
  const duplicate = sent(broker, 'a', 'same').finally(() => (answered += 1));
  await turns();
  assert.equal(answered, 0);
  slow.resolve();
  assert.deepEqual(await original, await duplicate);
});

test('a duplicate of what the full disk lost is no duplicate', async () => {
  const { broker, store } = await Stage.open();
  await create(broker, Q.name, { fifo: {} });
  store.faults.full = true;
  const entry = { body: 'same', attributes: {}, senderId: 's', groupId: 'a' };
  const [first, second] = await Promise.all([broker.send(Q, [entry]), broker.send(Q, [entry])]);
  assert.deepEqual([first.ok, second.ok], [false, false]);
  store.faults.full = false;
  await sent(broker, 'a', 'same');
  assert.deepEqual(bodies(await receive(broker, Q)), ['same']);
});

test('a receive is answered only once its lease is durable, so that a crash gives nothing behind it away', async () => {
  const { broker, store, disk, clock } = await Stage.open();
  await create(broker, Q.name, { fifo: {} });
  await sent(broker, 'a', '1', '2');
  const slow = Promise.withResolvers<void>();
  store.faults.slow = () => slow.promise;
  let isAnswered = false;
  const taken = receive(broker, Q, { maximum: 1 }).finally(() => (isAnswered = true));
  await turns();
  assert.equal(isAnswered, false);
  slow.resolve();
  assert.deepEqual(bodies(await taken), ['1']);
  const after = await Stage.open(disk.snapshot(), clock);
  assert.deepEqual(await receive(after.broker, Q), []);
});

test('a lease and its receipt outlive a restart, and the group opens when it is settled', async () => {
  const stage = await Stage.open(undefined, undefined, TINY);
  await create(stage.broker, Q.name, { fifo: {} });
  await sent(stage.broker, 'a', '1', '2', '3');
  await sent(stage.broker, 'b', '4');
  const [one] = await receive(stage.broker, Q, { maximum: 1 });
  assert.ok(one !== undefined);
  const again = await Stage.open(stage.disk, stage.clock, TINY);
  assert.deepEqual(bodies(await receive(again.broker, Q)), ['4']);
  assert.deepEqual(await again.broker.settle(Q, [one.receipt]), { ok: true, value: ['settled'] });
  assert.deepEqual(bodies(await receive(again.broker, Q)), ['2', '3']);
});

test('a message that a crash leaves leased comes first when its lease ends, though it rests in the store', async () => {
  const stage = await Stage.open(undefined, undefined, TINY);
  await create(stage.broker, Q.name, { fifo: {} });
  for (let n = 1; n <= 6; n += 1) await sent(stage.broker, 'a', `${n}`);
  await receive(stage.broker, Q, { maximum: 2 });
  const again = await Stage.open(stage.disk, stage.clock, TINY);
  assert.deepEqual(await receive(again.broker, Q), []);
  await passed(stage.clock, 30_000);
  const back: string[] = [];
  for (let round = 0; round < 10 && back.length < 6; round += 1) {
    const some = await receive(again.broker, Q, { maximum: 2 });
    back.push(...bodies(some));
    await again.broker.settle(
      Q,
      some.map(({ receipt }) => receipt),
    );
    await turns();
  }
  assert.deepEqual(back, ['1', '2', '3', '4', '5', '6']);
});

test('groups behind a full window of a closed group are found', async () => {
  const { broker } = await Stage.open(undefined, undefined, TINY);
  await create(broker, Q.name, { fifo: {} });
  await sent(broker, 'a', '1');
  await receive(broker, Q, { maximum: 1 });
  for (let n = 2; n <= 9; n += 1) await sent(broker, 'a', `${n}`);
  await sent(broker, 'b', 'other');
  assert.deepEqual(bodies(await receive(broker, Q, { waitMs: 20_000 })), ['other']);
});
