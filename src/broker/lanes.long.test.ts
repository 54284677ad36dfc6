import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueKey } from '../message/queue-key.ts';
import { OnDisk } from './fixture/on-disk.ts';
import { create, receive } from './fixture/stage.ts';
import type { KeptBroker } from './kept-broker.ts';

const MESSAGES = 60_000;
const BATCH = 1000;

/** Sends messages that say their group and their number in it, and lie in the store for the most part. */
async function fill(broker: KeptBroker, queue: QueueKey, groups: number): Promise<void> {
  const pad = 'x'.repeat(190);
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    const entries = Array.from({ length: BATCH }, (_, index) => {
      const number = sent + index;
      const groupId = `g${number % groups}`;
      return {
        body: `${groupId} ${Math.floor(number / groups)} ${pad}`,
        attributes: {},
        senderId: 's',
        groupId,
      };
    });
    assert.ok((await broker.send(queue, entries)).ok);
  }
}

/** Receives and settles everything; holds that each group comes in order. */
async function drain(disk: OnDisk, broker: KeptBroker, queue: QueueKey): Promise<number> {
  const next = new Map<string, number>();
  let count = 0;
  for (let empty = 0; empty < 20 && count < MESSAGES;) {
    const taken = await receive(broker, queue, { maximum: 10 });
    for (const { message } of taken) {
      const [group = '', number] = message.body.split(' ', 2);
      assert.equal(Number(number), next.get(group) ?? 0, group);
      next.set(group, Number(number) + 1);
    }
    empty = taken.length === 0 ? empty + 1 : 0;
    if (taken.length === 0) disk.clock.advance(1);
    count += taken.length;
    const receipts = taken.map(({ receipt }) => receipt);
    assert.ok((await broker.settle(queue, receipts)).ok);
  }
  return count;
}

for (const groups of [1, 50, MESSAGES / 2]) {
  test(`a long backlog of ${groups} groups drains completely and in order, also after a restart`, async (context) => {
    const disk = new OnDisk(context);
    const first = await disk.open();
    const queue = await create(first, 'q.fifo', { fifo: {} });
    await fill(first, queue, groups);
    const broker = await disk.open();
    assert.equal(await drain(disk, broker, queue), MESSAGES);
    const described = broker.describe(queue);
    assert.deepEqual(described.ok && [described.value.visibleCount, described.value.inFlightCount], [0, 0]);
  });
}

test('a quiet group does not wait behind the long backlog of a noisy one on disk', async (context) => {
  const disk = new OnDisk(context);
  const first = await disk.open();
  const queue = await create(first, 'q');
  await fill(first, queue, 1);
  const quiet = { body: 'quiet', attributes: {}, senderId: 's', groupId: 'quiet' };
  assert.ok((await first.send(queue, [quiet])).ok);
  const broker = await disk.open();
  disk.clock.advance(1);
  const bodies: string[] = [];
  for (let round = 0; round < 100 && !bodies.includes('quiet'); round += 1) {
    const taken = await receive(broker, queue, { maximum: 10 });
    for (const { message } of taken) bodies.push(message.body);
    // The first forty stay in flight and make the group noisy.
    const receipts = round < 4 ? [] : taken.map(({ receipt }) => receipt);
    assert.ok((await broker.settle(queue, receipts)).ok);
    disk.clock.advance(1);
  }
  assert.ok(bodies.includes('quiet'), 'what rested behind the backlog is found by its group');
  assert.ok((await broker.send(queue, [{ ...quiet, body: 'late' }])).ok);
  const [next] = await receive(broker, queue, { maximum: 1 });
  assert.equal(next?.message.body, 'late');
});
