import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import type { MessageState } from '../store/change.ts';
import type { StoredMessage } from '../store/queue-store.ts';
import { Law, START_MS } from './fixture/law.ts';
import { messageOf } from './fixture/messages.ts';

/** Room for two messages of the tests. */
const TINY = { sizeBytes: 600, lowCount: 2, atHandCount: 1, pageCount: 4, expiryCount: 2 };

const WAITING: MessageState = {
  ...{ visibleAtMs: START_MS, holder: 'nobody', receiveCount: 0 },
  ...{ firstReceivedAtMs: 0, leasedAtMs: 0 },
};

function stored(...orders: number[]): StoredMessage[] {
  return orders.map((order) => ({ order, message: messageOf(order, START_MS), state: WAITING }));
}

/** A law of four messages, of which the last two rest in the store, with the window taken empty. */
function withBacklog(): Law {
  const law = new Law({}, TINY);
  law.send(4);
  assert.equal(law.state.restingCount, 2);
  law.taken();
  return law;
}

/** Hands the page over that the law has asked for. */
function bring(law: Law, messages: StoredMessage[], nextVisibleAtMs?: number): void {
  const query = present(law.state.backlog.pageOutstanding ? QUERY : undefined, 'the page');
  law.apply<'page'>({ kind: 'page', query, page: { messages, sizeBytes: 0, nextVisibleAtMs } });
}

const QUERY = {
  ...{ queue: messageQueue(), after: { visibleAtMs: -1, order: -1 } },
  ...{ visibleBeforeMs: Infinity, limit: 4, limitSizeBytes: 1e9 },
};

function messageQueue() {
  return new Law().state.queue;
}

test('no page is asked for before what rests is durable', () => {
  const law = withBacklog();
  law.advance(1);
  const { page, disk } = law.wants;
  assert.deepEqual([page, disk], [undefined, true], 'the disk will wake it');
  law.flush();
  assert.deepEqual(law.wants.page?.after, { visibleAtMs: START_MS, order: 2 });
});

test('a page brings what rests, in line, and is asked for one at a time', () => {
  const law = withBacklog();
  law.nowMs += 1;
  law.flush();
  assert.ok(law.wants.page !== undefined);
  law.tick();
  assert.equal(law.wants.page, undefined);
  bring(law, stored(3, 4));
  assert.deepEqual(law.taken(), [3, 4]);
  assert.equal(law.state.restingCount, 0);
});

test('a page never reaches into what may still be on its way to the disk', () => {
  const law = withBacklog();
  law.nowMs += 10;
  law.durableThroughMs = START_MS + 5;
  law.flush();
  assert.equal(law.wants.page?.visibleBeforeMs, START_MS + 5);
});

test('what was settled while a page was being read stays settled', () => {
  const law = withBacklog();
  law.nowMs += 1;
  law.flush();
  const asked = law.apply<'look-up'>({ kind: 'look-up', orders: [1, 3, 77] });
  assert.deepEqual(asked?.orders, [3], 'only what the law does not know by heart is looked up');
  const { reading } = present(asked, 'the look-up');
  const found = law.apply<'found'>({ kind: 'found', reading, messages: stored(3) });
  assert.deepEqual(found, { resting: [3], isSure: true });
  law.apply<'settle'>({ kind: 'settle', orders: [3], resting: found.resting });
  law.flush();
  bring(law, stored(3, 4));
  assert.deepEqual(law.taken(), [4]);
  assert.equal(law.state.messages, 3);
});

test('a look-up that came back too late is not believed', () => {
  const law = withBacklog();
  law.nowMs += 1;
  law.flush();
  const asked = law.apply<'look-up'>({ kind: 'look-up', orders: [3] });
  bring(law, stored(3, 4));
  assert.deepEqual(law.taken(), [3, 4]);
  law.settle(3);
  law.flush();
  law.flush();
  law.send(3);
  const { reading } = present(asked, 'the look-up');
  const found = law.apply<'found'>({ kind: 'found', reading, messages: stored(3) });
  assert.deepEqual(found, { resting: [], isSure: false });
});

test('a change that is durable does not hide its message from later pages, even while another read is slow', () => {
  const law = new Law({}, TINY);
  law.send(4);
  law.receive(2, { visibilityMs: 5 });
  assert.equal(law.state.entries.get(1)?.message, undefined, 'its body was let go');
  const slow = law.apply<'look-up'>({ kind: 'look-up', orders: [3] });
  law.flush();
  law.nowMs += 10;
  law.tick();
  const leased = { ...WAITING, receiveCount: 1, visibleAtMs: START_MS + 5 };
  const lapsed = stored(1).map((each) => ({ ...each, state: leased }));
  bring(law, [...stored(3, 4), ...lapsed]);
  assert.ok(law.taken().includes(1));
  assert.ok(slow !== undefined);
});

test('a purge makes the page that is being read void', () => {
  const law = withBacklog();
  law.nowMs += 1;
  law.flush();
  law.apply<'purge'>({ kind: 'purge' });
  assert.deepEqual(law.changes, [{ kind: 'purged', queue: law.state.queue, throughOrder: 4 }]);
  bring(law, stored(3, 4));
  assert.deepEqual([law.taken(), law.state.messages], [[], 0]);
});

test('the oldest are forgotten by looking into the store, a few at a time, each once', () => {
  const law = new Law({ retentionMs: 60_000 }, TINY);
  law.send(4);
  law.flush();
  law.advance(60_000);
  assert.equal(law.wants.expiredBeforeMs, START_MS + 1);
  const places = (...orders: number[]) =>
    orders.map((order) => ({ order, state: WAITING, sentAtMs: START_MS, lane: 0 }));
  const expiry = { kind: 'expiry', sentBeforeMs: START_MS + 1 } as const;
  law.apply<'expiry'>({ ...expiry, page: { places: places(1, 3), nextSentAtMs: START_MS } });
  assert.deepEqual([law.state.messages, law.changes.length], [2, 2]);
  law.advance(10);
  assert.equal(law.wants.expiredBeforeMs, undefined, 'not before the disk has forgotten them too');
  assert.equal(law.wants.disk, true);
  law.flush();
  assert.equal(law.wants.expiredBeforeMs, START_MS + 11);
  law.apply<'expiry'>({ ...expiry, page: { places: places(2, 4), nextSentAtMs: undefined } });
  assert.equal(law.state.messages, 0);
});

test('an old message that joins while the oldest are being looked for is looked for next', () => {
  const law = new Law({ retentionMs: 60_000 });
  law.send(1);
  law.flush();
  law.advance(60_000);
  assert.ok(law.wants.expiredBeforeMs !== undefined);
  const message = messageOf(2, START_MS + 1);
  law.apply<'send'>({
    kind: 'send',
    arrivals: [{ message, delayMs: 0, receiveCount: 1, firstReceivedAtMs: 1 }],
  });
  const places = [{ order: 1, state: WAITING, sentAtMs: START_MS, lane: 0 }];
  law.apply<'expiry'>({
    ...{ kind: 'expiry', sentBeforeMs: START_MS + 1 },
    page: { places, nextSentAtMs: undefined },
  });
  assert.equal(law.wants.wakeAtMs, START_MS + 60_001);
});

test('a longer retention that was set meanwhile is heeded', () => {
  const law = new Law({ retentionMs: 60_000 });
  law.send(1);
  law.flush();
  law.advance(60_000);
  law.apply<'configure'>({ kind: 'configure', settings: { ...law.state.settings, retentionMs: 90_000 } });
  const places = [{ order: 1, state: WAITING, sentAtMs: START_MS, lane: 0 }];
  law.apply<'expiry'>({
    ...{ kind: 'expiry', sentBeforeMs: START_MS + 1 },
    page: { places, nextSentAtMs: undefined },
  });
  assert.equal(law.state.messages, 1);
  assert.equal(law.wants.wakeAtMs, START_MS + 90_000);
});

test('a settled message leaves nothing of its body in memory', () => {
  const law = new Law();
  law.send(1, { sizeBytes: 1_000_000 });
  law.taken();
  const entry = law.state.entries.get(1);
  law.settle(1);
  assert.equal(entry?.message, undefined);
});

test('what has outlived its retention is not read to be received: the line goes on behind it, until it may wait longer', () => {
  const law = withBacklog();
  law.flush();
  const retained = (retentionMs: number): void =>
    law.apply<'configure'>({ kind: 'configure', settings: { ...law.state.settings, retentionMs } });
  retained(60_000);
  law.advance(60_001);
  assert.deepEqual([law.wants.page, law.wants.disk], [undefined, true], 'leases are written only now');
  law.flush();
  assert.deepEqual(law.wants.page?.after, { visibleAtMs: START_MS + 102, order: -1 });
  bring(law, []);
  retained(90_000);
  assert.deepEqual(law.wants.page?.after, { visibleAtMs: START_MS - 29_898, order: -1 });
});

/** A law of which a page has come that brought four messages: one is at hand, the others have not entered the window. */
function withPage(): Law {
  const law = new Law({}, TINY);
  law.send(6);
  law.taken();
  law.nowMs += 1;
  law.flush();
  bring(law, stored(3, 4, 5, 6));
  assert.deepEqual([...law.state.entries.keys()], [1, 2, 3], 'messages enter when they are soon needed');
  return law;
}

test('what a page has brought comes in line, and what shows again stands behind it', () => {
  const law = withPage();
  assert.deepEqual(
    law.receive(1, { visibilityMs: 0 }).taken.map(({ order }) => order),
    [3],
  );
  assert.deepEqual(law.taken(), [4, 5, 6, 3]);
  assert.equal(law.state.restingCount, 0);
});

test('what is settled while it waits in a page that has come stays settled', () => {
  const law = withPage();
  const asked = present(law.apply<'look-up'>({ kind: 'look-up', orders: [5] }), 'the look-up');
  law.apply<'found'>({ kind: 'found', reading: asked.reading, messages: stored(5) });
  law.apply<'settle'>({ kind: 'settle', orders: [5], resting: [5] });
  law.flush();
  law.flush();
  assert.deepEqual(law.taken(), [3, 4, 6]);
});

test('a purge leaves nothing of a page that has come', () => {
  const law = withPage();
  law.apply<'purge'>({ kind: 'purge' });
  law.send(1);
  assert.deepEqual([law.taken(), law.state.messages], [[7], 1]);
  law.flush();
  law.tick();
  assert.equal(law.state.backlog.touched.size, 0, 'no read is waited for');
});

test('nothing that is sent passes what a page has brought', () => {
  const law = withPage();
  law.send(1);
  assert.equal(law.state.entries.has(7), false);
  assert.equal(law.state.hidesAllResting(law.nowMs), false);
});
