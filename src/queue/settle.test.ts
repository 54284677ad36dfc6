import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Law, START_MS } from './fixture/law.ts';
import { VISIBILITY_SECONDS } from './limits.ts';

const TWELVE_HOURS_MS = VISIBILITY_SECONDS.most * 1000;

test('a settled message never comes back, whatever its standing was', () => {
  const law = new Law();
  law.send(2);
  law.send(1, { delayMs: 1000 });
  law.taken(1);
  law.settle(1, 2, 3, 3, 99);
  assert.equal(law.changes.length, 3);
  assert.deepEqual([law.state.messages, law.state.leasedCount, law.state.heldSizeBytes], [0, 0, 0]);
  law.advance(60_000);
  assert.deepEqual(law.taken(), []);
});

test('a late receipt settles a message that is visible again, and one that somebody else holds', () => {
  const law = new Law();
  law.send(2);
  law.receive(2, { visibilityMs: 1000 });
  law.advance(1000);
  law.taken(1);
  law.settle(1, 2);
  assert.equal(law.state.messages, 0);
});

test('an extended lease lasts from now, and may be cut short', () => {
  const law = new Law();
  law.send(1);
  law.taken();
  law.advance(20_000);
  assert.equal(law.extend(1, 30_000), 'extended');
  law.advance(29_999);
  assert.deepEqual(law.taken(), []);
  assert.equal(law.extend(1, 5000), 'extended');
  law.advance(5000);
  assert.deepEqual(law.taken(), [1]);
});

test('an extension to nothing shows the message at once', () => {
  const law = new Law();
  law.send(1);
  law.taken();
  assert.equal(law.extend(1, 0), 'extended');
  assert.equal(law.changes.length, 1);
  assert.deepEqual(law.taken(), [1]);
});

test('no lease lasts longer than twelve hours since its receive', () => {
  const law = new Law();
  law.send(1);
  law.taken();
  law.advance(1000);
  assert.equal(law.extend(1, TWELVE_HOURS_MS), 'beyond-twelve-hours');
  assert.deepEqual(law.changes, []);
  assert.equal(law.extend(1, TWELVE_HOURS_MS - 1000), 'extended');
});

test('only what is in flight is extended', () => {
  const law = new Law();
  law.send(1);
  assert.equal(law.extend(1, 1000), 'not-in-flight');
  law.taken();
  law.advance(30_000);
  assert.equal(law.extend(1, 1000), 'not-in-flight');
  law.settle(1);
  assert.equal(law.extend(1, 1000), 'message-gone');
  const resting = { kind: 'extend', order: 1, visibilityMs: 1000, isResting: true } as const;
  assert.equal(law.apply<'extend'>(resting), 'not-in-flight');
});

test('a lease that is extended again and again leaves no trail', () => {
  const law = new Law();
  law.send(1);
  law.taken();
  for (let ms = 0; ms < 5000; ms += 1) {
    law.nowMs += 1;
    law.extend(1, 30_000);
  }
  assert.ok(law.state.due.size <= 1003, `${law.state.due.size} times are remembered`);
  law.advance(29_999);
  assert.deepEqual(law.taken(), []);
});

test('leases of dispatchers of former runs open, those of clients stay', () => {
  const law = new Law();
  law.send(3);
  law.receive(1, { holder: 'dispatcher' });
  law.receive(1, { holder: 'client' });
  law.apply<'open-dispatcher-leases'>({ kind: 'open-dispatcher-leases' });
  assert.deepEqual(
    law.changes.map((change) => change.kind === 'message-moved' && [change.order, change.state.visibleAtMs]),
    [[1, START_MS]],
  );
  assert.deepEqual(law.taken(), [3, 1]);
});
