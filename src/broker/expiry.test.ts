import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodies, create, passed, receive, send, Stage, turns } from './fixture/stage.ts';

/** A queue whose two messages are as old as they may get, and how often its store was asked to commit since. */
async function outlived() {
  const stage = await Stage.open();
  const queue = await create(stage.broker, 'q', { retentionMs: 60_000 });
  await send(stage.broker, queue, 'a', 'b');
  const counted = { commits: 0 };
  const commit = stage.store.commit.bind(stage.store);
  stage.store.commit = (...group) => {
    counted.commits += 1;
    return commit(...group);
  };
  return { ...stage, queue, counted };
}

test('on a full disk what has outlived its retention is not forgotten over and over, and is once there is room', async () => {
  const { broker, clock, store, queue, counted } = await outlived();
  store.faults.full = true;
  await passed(clock, 60_000);
  await turns(200);
  assert.ok(counted.commits < 5, `${counted.commits} commits while no time passes`);
  store.faults.full = false;
  await passed(clock, 1000);
  const described = broker.describe(queue);
  assert.equal(described.ok && described.value.visibleCount, 0);
});

test('on a full disk a receive that waits does not drop what is too old over and over', async () => {
  const { broker, clock, store, queue, counted } = await outlived();
  const waiting = receive(broker, queue, { waitMs: 20_000, visibilityMs: 1000 });
  const taken = await waiting;
  assert.equal(taken.length, 2);
  store.faults.full = true;
  const later = receive(broker, queue, { waitMs: 20_000 });
  await passed(clock, 59_999);
  await passed(clock, 1);
  await turns(200);
  assert.ok(counted.commits < 8, `${counted.commits} commits while no time passes`);
  store.faults.full = false;
  await later.catch(() => undefined);
  await passed(clock, 30_000);
  await send(broker, queue, 'c');
  assert.deepEqual(bodies(await receive(broker, queue)), ['c']);
});

test('what is forgotten while the broker stops is counted', async () => {
  const { broker, clock, store, disk } = await outlived();
  // Each takes a moment to be asked whether it is being read again.
  for (const name of ['r', 's', 't', 'u', 'v', 'w']) await create(broker, name);
  const oldest = Promise.withResolvers<undefined>();
  const expired = store.expired.bind(store);
  store.expired = async (...asked) => {
    await oldest.promise;
    return expired(...asked);
  };
  await passed(clock, 60_000);
  const stopped = broker[Symbol.asyncDispose]();
  oldest.resolve(undefined);
  await stopped;
  await turns();
  const [stored] = disk.queues.values();
  assert.equal(stored?.stored.size, 0);
  assert.equal(stored?.messages, 0, 'the counter says what is there');
});
