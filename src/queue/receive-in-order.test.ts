import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Law } from './fixture/law.ts';
import { arrivalOf, messageOf } from './fixture/messages.ts';
import { IN_FLIGHT_MESSAGES } from './limits.ts';
import { DEFAULT_FIFO, type QueueSettings } from './settings.ts';

function fifoLaw(settings: Partial<QueueSettings> = {}): Law {
  return new Law({ fifo: DEFAULT_FIFO, ...settings }, { sizeBytes: 1e9 });
}

/** Sends a message to each of these groups, in order. */
function send(law: Law, groups: readonly string[], sizeBytes = 10): void {
  const arrivals = groups.map((groupId, index) => {
    const message = messageOf(law.state.nextOrder + index, law.nowMs, sizeBytes);
    return arrivalOf({ ...message, groupId });
  });
  law.apply<'send'>({ kind: 'send', arrivals });
}

test('a receive takes as many as it may of one group, then of the next', () => {
  const law = fifoLaw();
  send(law, ['a', 'b', 'a', 'c', 'b']);
  assert.deepEqual(law.taken(4), [1, 3, 2, 5]);
  assert.deepEqual(law.taken(4), [4]);
});

test('at the most that may be in flight nothing comes, and it is no error', () => {
  const law = fifoLaw();
  const groups = Array.from({ length: IN_FLIGHT_MESSAGES + 1 }, (_, n) => `g${n}`);
  send(law, groups);
  assert.equal(law.taken(IN_FLIGHT_MESSAGES + 1).length, IN_FLIGHT_MESSAGES);
  const { kind, taken } = law.receive();
  assert.deepEqual([kind, taken.length, law.state.hasReady], ['taken', 0, false]);
  law.settle(1);
  assert.deepEqual([law.state.hasReady, law.taken()], [true, [IN_FLIGHT_MESSAGES + 1]]);
});

test('messages received for no time are counted and stay first in their group, which stays open', () => {
  const law = fifoLaw();
  send(law, ['a', 'a', 'b']);
  const shown = law.receive(10, { visibilityMs: 0 }).taken.map(({ order }) => order);
  assert.deepEqual(shown, [1, 2, 3]);
  const again = law.receive(10).taken;
  assert.deepEqual(new Set(again.map(({ order }) => order)), new Set([1, 2, 3]));
  assert.deepEqual(new Set(again.map(({ receiveCount }) => receiveCount)), new Set([2]));
  const [first, second] = again.filter(({ message }) => message.groupId === 'a');
  assert.ok(first !== undefined && second !== undefined && first.order < second.order);
});

test('a receive ends at its bytes, and the first message always fits', () => {
  const law = fifoLaw();
  send(law, ['a', 'a', 'b'], 100);
  assert.deepEqual(
    law.receive(10, { maximumSizeBytes: 150 }).taken.map(({ order }) => order),
    [1],
  );
  assert.deepEqual(
    law.receive(10, { maximumSizeBytes: 50 }).taken.map(({ order }) => order),
    [3],
  );
});

test('what stands behind a message that is out waits, and what stands before it comes', () => {
  const law = fifoLaw();
  send(law, ['a', 'a', 'a', 'a', 'b']);
  assert.deepEqual(law.taken(3), [1, 2, 3]);
  assert.equal(law.extend(1, 0), 'extended');
  assert.equal(law.extend(3, 0), 'extended');
  assert.deepEqual(law.taken(10), [5, 1]);
  law.settle(2);
  assert.deepEqual(law.taken(10), []);
  law.settle(1);
  assert.deepEqual(law.taken(10), [3, 4]);
});

test('a message that was received too often leaves, and what stands behind it in its group comes', () => {
  const deadLetterQueue = { account: '000000000000', region: 'us-east-1', name: 'dead.fifo' };
  const law = fifoLaw({ redrive: { deadLetterQueue, maxReceiveCount: 1 } });
  send(law, ['a', 'a']);
  assert.deepEqual(law.taken(1), [1]);
  law.advance(30_000);
  const { taken, deadLetters } = law.receive(10);
  assert.deepEqual(
    [deadLetters.map(({ message }) => message.body), taken.map(({ order }) => order)],
    [['1'], [2]],
  );
});

test('what has outlived its retention is forgotten, and does not keep its group closed', () => {
  const law = fifoLaw({ retentionMs: 60_000 });
  send(law, ['a']);
  law.advance(59_999);
  send(law, ['a']);
  law.nowMs += 1;
  assert.deepEqual(law.taken(), [2]);
});
