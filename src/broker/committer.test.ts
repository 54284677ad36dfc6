import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { messageOf } from '../queue/fixture/messages.ts';
import type { Change } from '../store/change.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { Committer } from './committer.ts';
import { turns } from './fixture/stage.ts';

const QUEUE = 1 as QueueId;
const OTHER = 2 as QueueId;

/** A committer whose commits are noted and wait for `land`. */
function stage() {
  const clock = new ManualClock(1000);
  const store = new MemoryStore();
  const commits: { readonly count: number; readonly atMs: number }[] = [];
  const landing: (() => void)[] = [];
  const commit = store.commit.bind(store);
  store.commit = async (group, atMs) => {
    commits.push({ count: group.length, atMs });
    await new Promise<void>((resolve) => landing.push(resolve));
    return commit(group, atMs);
  };
  const noted = { durable: [] as QueueId[][], lost: [] as QueueId[][], fatal: [] as unknown[] };
  const committer = new Committer(
    {
      ...{ store, clock, counted: () => undefined },
      durable: (queues) => void noted.durable.push([...queues]),
      lost: (queues) => void noted.lost.push([...queues]),
      onFatal: (error) => void noted.fatal.push(error),
    },
    5000,
  );
  const land = async (): Promise<void> => {
    landing.shift()?.();
    await turns();
  };
  return { clock, store, commits, noted, committer, land };
}

function added(order: number, queue = QUEUE, sizeBytes = 1): Change {
  const state = {
    visibleAtMs: 0,
    holder: 'nobody',
    receiveCount: 0,
    firstReceivedAtMs: 0,
    leasedAtMs: 0,
  } as const;
  return { kind: 'message-added', queue, order, message: messageOf(order, 0, sizeBytes), state };
}

test('what is added in one turn is one group; a second leaves when it has half as much; what comes then is the next', async () => {
  const { committer, commits, land, noted } = stage();
  const first = committer.add([added(1)], committer.moment());
  assert.equal(committer.add([added(2), added(8), added(9)], committer.moment()), first);
  await turns();
  const second = committer.add([added(3, OTHER)], committer.moment());
  assert.equal(second, first + 1);
  await turns();
  const counts = (): number[] => commits.map(({ count }) => count);
  assert.deepEqual(counts(), [4]);
  assert.equal(committer.add([added(4)], committer.moment()), second);
  await turns();
  assert.deepEqual(counts(), [4, 2]);
  const third = committer.add([added(5), added(6), added(7)], committer.moment());
  assert.equal(third, second + 1);
  await turns();
  assert.deepEqual(counts(), [4, 2]);
  await land();
  assert.deepEqual(counts(), [4, 2, 3]);
  assert.deepEqual(noted.durable, [[QUEUE]]);
});

test('a small group leaves as soon as nothing is on its way', async () => {
  const { committer, commits, land } = stage();
  committer.add([added(1), added(2), added(4)], committer.moment());
  await turns();
  committer.add([added(3)], committer.moment());
  await turns();
  assert.equal(commits.length, 1);
  await land();
  assert.deepEqual(
    commits.map(({ count }) => count),
    [3, 1],
  );
});

test('the fate of a group is told when it is known', async () => {
  const { committer, land } = stage();
  const group = committer.add([added(1)], committer.moment());
  const fate = committer.fate(group);
  assert.notEqual(fate, 'durable');
  await turns();
  const settled: string[] = [];
  void Promise.resolve(fate).then((known) => settled.push(known));
  await turns();
  assert.deepEqual(settled, []);
  await land();
  assert.deepEqual(settled, ['durable']);
  assert.equal(committer.fate(group), 'durable');
  assert.equal(committer.fate(0), 'durable');
});

test('everything before the first change that is not durable is durable', async () => {
  const { committer, clock, land } = stage();
  assert.equal(committer.moment().durableThroughMs, 1000);
  committer.add([added(1)], committer.moment());
  await turns();
  clock.advance(5);
  committer.add([added(2)], committer.moment());
  clock.advance(5);
  const during = committer.moment();
  assert.deepEqual([during.durableThroughMs, during.latestGroup, during.group], [1000, 2, 2]);
  await land();
  assert.equal(committer.moment().durableThroughMs, 1005);
  await land();
  const idle = committer.moment();
  assert.deepEqual([idle.durableThroughMs, idle.durableGroup, idle.latestGroup, idle.group], [1010, 2, 2, 3]);
});

test('the time of a group never goes back, not even behind the last run', async () => {
  const { committer, clock, commits, land } = stage();
  committer.add([added(1)], committer.moment());
  await turns();
  await land();
  clock.advance(9000);
  committer.add([added(2)], committer.moment());
  await turns();
  assert.deepEqual(
    commits.map(({ atMs }) => atMs),
    [5000, 10_000],
  );
});

test('what fills on top of a lost group is lost with it, and the next group goes on', async () => {
  const { committer, store, noted, land } = stage();
  const first = committer.fate(committer.add([added(1)], committer.moment()));
  await turns();
  const second = committer.fate(committer.add([added(1, OTHER)], committer.moment()));
  store.faults.full = true;
  await land();
  assert.deepEqual([await first, await second], ['lost', 'lost']);
  assert.deepEqual(noted.lost, [[QUEUE, OTHER]]);
  store.faults.full = false;
  const third = committer.fate(committer.add([added(1)], committer.moment()));
  await turns();
  await land();
  assert.equal(await third, 'durable');
});

test('a failed disk is told once, nothing is committed after it, and draining does not wait for it', async () => {
  const { committer, store, noted, commits, land } = stage();
  store.faults.broken = true;
  committer.add([added(1)], committer.moment());
  await turns();
  const drained = committer.drain();
  await land();
  committer.add([added(2)], committer.moment());
  await turns();
  assert.deepEqual([noted.fatal.length, commits.length], [1, 1]);
  await drained;
});

test('draining waits for all that was added', async () => {
  const { committer, land } = stage();
  committer.add([added(1)], committer.moment());
  await turns();
  committer.add([added(2)], committer.moment());
  let isDrained = false;
  void committer.drain().then(() => (isDrained = true));
  await land();
  assert.equal(isDrained, false);
  await land();
  assert.equal(isDrained, true);
});

test('too many bytes on their way to the disk are too many', async () => {
  const { committer } = stage();
  committer.add([added(1, QUEUE, 64 * 1024 * 1024)], committer.moment());
  assert.equal(committer.isOverloaded, false);
  committer.add([added(2)], committer.moment());
  assert.equal(committer.isOverloaded, true);
});
