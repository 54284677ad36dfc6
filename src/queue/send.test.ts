import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Law, START_MS } from './fixture/law.ts';

test('messages take rising places, and are written with what they bring', () => {
  const law = new Law();
  law.send(2, { receiveCount: 3, firstReceivedAtMs: 77 });
  law.send(1);
  assert.equal(law.state.nextOrder, 4);
  law.send(1, { receiveCount: 3, firstReceivedAtMs: 77, delayMs: 5 });
  const [change] = law.changes;
  assert.ok(change?.kind === 'message-added');
  assert.equal(change.order, 4);
  assert.deepEqual(change.state, {
    ...{ visibleAtMs: START_MS + 5, holder: 'nobody', leasedAtMs: 0 },
    ...{ receiveCount: 3, firstReceivedAtMs: 77 },
  });
});

test('a delayed message shows when its delay ends, not before', () => {
  const law = new Law();
  law.send(1, { delayMs: 5000 });
  assert.equal(law.state.delayedCount, 1);
  assert.equal(law.wants.wakeAtMs, START_MS + 5000);
  law.advance(4999);
  assert.deepEqual(law.taken(), []);
  law.advance(1);
  assert.deepEqual([law.state.delayedCount, law.state.waitingCount], [0, 1]);
  assert.deepEqual(law.taken(), [1]);
});

test('delayed messages hold no more than half the window, so that others can be received', () => {
  const law = new Law({}, { sizeBytes: 10_000 });
  law.send(100, { delayMs: 60_000, sizeBytes: 700 });
  assert.ok(law.state.heldSizeBytes <= 6000);
  const held = law.state.entries.size;
  law.send(20, { sizeBytes: 700 });
  assert.ok(law.state.waitingCount > 0, 'what is visible enters the window');
  assert.ok(law.state.entries.size < held + 20, 'and rests when there is no room');
  law.flush();
  law.advance(1);
  law.taken();
  assert.ok(law.wants.page !== undefined, 'what is visible and rests is paged back');
});

test('beside a backlog of which all is delayed a new message comes without a page; once something shows, it stands behind it', () => {
  const law = new Law({}, { sizeBytes: 10_000 });
  law.send(100, { delayMs: 60_000, sizeBytes: 700 });
  law.flush();
  const held = law.state.entries.size;
  assert.ok(law.state.restingCount > 0);
  law.send(1);
  assert.equal(law.wants.page, undefined);
  assert.deepEqual(law.taken(), [101]);
  law.send(1, { delayMs: 60_000 });
  assert.equal(law.state.entries.size, held + 1, 'what is delayed rests with the others');
  law.advance(60_000);
  const resting = law.state.restingCount;
  law.send(1);
  assert.equal(law.state.restingCount, resting + 1);
});
