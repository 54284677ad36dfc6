import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Law, START_MS } from './fixture/law.ts';
import { IN_FLIGHT_MESSAGES } from './limits.ts';

const DEAD = { deadLetterQueue: { account: '1', region: 'r', name: 'dead' }, maxReceiveCount: 2 };

test('first in, first out, and nothing twice while its lease lasts', () => {
  const law = new Law();
  law.send(5);
  assert.deepEqual(law.taken(2), [1, 2]);
  assert.deepEqual(law.taken(), [3, 4, 5]);
  assert.deepEqual(law.taken(), []);
});

test('a lease ends when its time is over, and the message is counted again', () => {
  const law = new Law();
  law.send(1);
  const [first] = law.receive(1, { visibilityMs: 900 }).taken;
  assert.deepEqual([first?.receiveCount, first?.firstReceivedAtMs], [1, START_MS]);
  assert.equal(law.wants.wakeAtMs, START_MS + 900);
  law.advance(899);
  assert.deepEqual(law.taken(), []);
  law.advance(1);
  const [second] = law.receive().taken;
  assert.deepEqual([second?.receiveCount, second?.firstReceivedAtMs], [2, START_MS]);
});

test('without a visibility time a message stays visible, and comes once in one receive', () => {
  const law = new Law();
  law.send(2);
  const once = law.receive(10, { visibilityMs: 0 });
  assert.deepEqual(
    once.taken.map(({ order }) => order),
    [1, 2],
  );
  assert.equal(law.state.leasedCount, 0);
  assert.deepEqual(
    law.receive().taken.map(({ receiveCount }) => receiveCount),
    [2, 2],
  );
});

test('bytes end a receive, but its first message always comes', () => {
  const law = new Law();
  law.send(3, { sizeBytes: 100 });
  assert.equal(law.receive(10, { maximumSizeBytes: 1 }).taken.length, 1);
  assert.equal(law.receive(10, { maximumSizeBytes: 199 }).taken.length, 1);
  assert.deepEqual(law.taken(), [3]);
});

test('no more messages are in flight than SQS allows', () => {
  const law = new Law({}, { sizeBytes: Infinity });
  law.send(IN_FLIGHT_MESSAGES + 10);
  assert.equal(law.receive(IN_FLIGHT_MESSAGES - 3).taken.length, IN_FLIGHT_MESSAGES - 3);
  assert.equal(law.receive(10).taken.length, 3);
  assert.equal(law.receive(10).kind, 'too-many-in-flight');
  law.settle(1);
  assert.equal(law.receive(10).taken.length, 1);
});

test('a receive beyond the allowed count takes the message out, with its count, and goes on to the next', () => {
  const law = new Law({ redrive: DEAD });
  law.send(1, { receiveCount: 2, firstReceivedAtMs: 5 });
  law.send(1, { receiveCount: 1 });
  const { taken, deadLetters } = law.receive();
  assert.deepEqual(
    taken.map(({ order, receiveCount }) => [order, receiveCount]),
    [[2, 2]],
  );
  const [letter] = deadLetters;
  assert.deepEqual([letter?.message.body, letter?.receiveCount, letter?.firstReceivedAtMs], ['1', 2, 5]);
  assert.deepEqual(
    law.changes
      .filter(({ kind }) => kind === 'message-removed')
      .map((change) => 'order' in change && change.order),
    [1],
  );
  assert.equal(law.state.messages, 1);
});

test('without its dead-letter queue a message goes on being received', () => {
  const law = new Law({ redrive: DEAD });
  law.send(1, { receiveCount: 7 });
  const { taken, deadLetters } = law.receive(1, { deadLetterQueueExists: false });
  assert.deepEqual([taken[0]?.receiveCount, deadLetters.length], [8, 0]);
});

test('what has outlived its retention is not received, to the millisecond', () => {
  const law = new Law({ retentionMs: 60_000 });
  law.send(1);
  law.nowMs += 59_999;
  assert.equal(law.receive(1, { visibilityMs: 0 }).taken.length, 1);
  law.nowMs += 1;
  assert.equal(law.receive().taken.length, 0);
  assert.equal(law.state.messages, 0);
  assert.ok(law.changes.some(({ kind }) => kind === 'message-removed'));
});

test('a delivery names the group that brought its message', () => {
  const law = new Law();
  law.send(1);
  law.flush();
  law.send(1);
  assert.equal(law.receive(1).addedInGroup, 1);
  assert.equal(law.receive(1).addedInGroup, 2);
});
