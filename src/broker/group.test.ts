import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueId } from '../base/ids.ts';
import { messageOf } from '../queue/fixture/messages.ts';
import type { Change, MessageState } from '../store/change.ts';
import { Group } from './group.ts';

const QUEUE = 1 as QueueId;
const OTHER = 2 as QueueId;
const WAITING: MessageState = {
  ...{ visibleAtMs: 1, holder: 'nobody', receiveCount: 0 },
  ...{ firstReceivedAtMs: 0, leasedAtMs: 0 },
};
const LEASED: MessageState = { ...WAITING, visibleAtMs: 9, holder: 'client', receiveCount: 1 };

function added(order: number, queue = QUEUE): Change {
  return { kind: 'message-added', queue, order, message: messageOf(order, 1, 10), state: WAITING };
}

function moved(order: number, state = LEASED): Change {
  return { kind: 'message-moved', queue: QUEUE, order, state };
}

function removed(order: number): Change {
  return { kind: 'message-removed', queue: QUEUE, order };
}

function purged(throughOrder: number): Change {
  return { kind: 'purged', queue: QUEUE, throughOrder };
}

function written(...changes: Change[]): Change[] {
  const group = new Group(1);
  for (const change of changes) group.add([change], 5);
  return group.changes(() => undefined);
}

test('a message that came and went inside one group is not written', () => {
  assert.deepEqual(written(added(1), moved(1), removed(1), added(2)), [added(2)]);
});

test('of a message only its last standing is written', () => {
  const later = { ...LEASED, visibleAtMs: 20 };
  assert.deepEqual(written(moved(1), moved(1, later)), [moved(1, later)]);
  assert.deepEqual(written(moved(1), removed(1)), [removed(1)]);
  const [change] = written(added(1), moved(1));
  assert.deepEqual(change, { ...added(1), state: LEASED });
});

test('a purge takes what came before it in its group, and leaves what comes after', () => {
  assert.deepEqual(written(added(1), removed(7), purged(1), added(2)), [purged(1), added(2)]);
});

test('a deleted queue holds nothing', () => {
  const deleted: Change = { kind: 'queue-deleted', queue: QUEUE };
  assert.deepEqual(written(added(1), moved(2), deleted), [deleted]);
});

test('each queue is counted once, after its changes; queues are kept apart', () => {
  const group = new Group(1);
  group.add([added(1), added(1, OTHER)], 5);
  group.add([removed(1)], 6);
  const counted = (queue: QueueId): Change => ({ kind: 'counted', queue, messages: 0, nextOrder: 2 });
  assert.deepEqual(group.changes(counted), [counted(QUEUE), added(1, OTHER), counted(OTHER)]);
  assert.deepEqual([...group.queues], [QUEUE, OTHER]);
});

test('a group begins with its first change and knows the bytes of what joined', () => {
  const group = new Group(1);
  assert.equal(group.isEmpty, true);
  group.add([added(1)], 5);
  group.add([added(2)], 6);
  assert.deepEqual([group.isEmpty, group.startedAtMs, group.sizeBytes], [false, 5, 20]);
});

test('sends far apart are remembered apart, so that none is overlooked by its time', () => {
  const remembered = (firstOrder: number, atMs: number): Change => {
    return { kind: 'sends-remembered', queue: QUEUE, sends: { firstOrder, atMs, keys: new Uint32Array(4) } };
  };
  const apart = written(remembered(1, 0), remembered(2, 1000), remembered(3, 60_000), remembered(4, 200_000));
  const times = apart.map(
    (change) => change.kind === 'sends-remembered' && [change.sends.atMs, change.sends.keys[7]],
  );
  assert.deepEqual(times, [
    [0, 1000],
    [60_000, undefined],
    [200_000, undefined],
  ]);
});
