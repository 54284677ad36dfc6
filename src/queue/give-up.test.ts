import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Replies } from './command.ts';
import { Law } from './fixture/law.ts';

/** Gives up what a receive has brought, as its receipts say. */
function giveUp(law: Law, taken: Replies['receive']['taken']): readonly string[] {
  const given = taken.map(({ order, receiveCount, message }) => ({ order, receiveCount, message }));
  return law.apply<'give-up'>({ kind: 'give-up', given }).map(({ message }) => message.body);
}

test('a message that is given up leaves the queue, with its receive count, and nothing of it is left', () => {
  const law = new Law();
  law.send(2);
  const { taken } = law.receive(1);
  const [one] = taken;
  assert.deepEqual(giveUp(law, taken), [one?.message.body]);
  assert.deepEqual(
    law.changes.map(({ kind }) => kind),
    ['message-removed'],
  );
  assert.deepEqual([law.state.messages, law.state.leasedCount], [1, 0]);
  law.advance(3_600_000);
  assert.deepEqual(law.taken(), [2]);
});

test('what is visible again, held by somebody else or gone is not given up', () => {
  const law = new Law();
  law.send(3);
  const { taken } = law.receive(3, { visibilityMs: 1000 });
  law.advance(1000);
  assert.deepEqual(giveUp(law, taken), [], 'visible again');
  law.receive(2);
  assert.deepEqual(giveUp(law, taken), [], 'held under other receipts');
  law.settle(1, 2, 3);
  assert.deepEqual(giveUp(law, taken), [], 'gone');
});

test('a message may be given up once', () => {
  const law = new Law();
  law.send(1);
  const { taken } = law.receive(1);
  assert.equal(giveUp(law, [...taken, ...taken]).length, 1);
});
