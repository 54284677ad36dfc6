import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { ReceiptHandle } from '../base/ids.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { FORMAT_VERSION } from '../store/sqlite/format.ts';
import type { KeptBroker } from './kept-broker.ts';
import { OnDisk } from './fixture/on-disk.ts';
import { bodies, create, named, receive, send } from './fixture/stage.ts';

/** A file of format 1 with a leased, a waiting and a delayed message and one of a group, made at 1,700,000,000,000. */
const FORMAT_1 = new URL('../store/sqlite/fixtures/format-1.db.gz', import.meta.url);
const RECEIPT = 'MS4yLjEuMQ' as ReceiptHandle;

test('a data directory of format 1 is brought up to date and keeps all that it held', async (context) => {
  const disk = new OnDisk(context);
  const broker = await openedLater(disk, FORMAT_1, 1000);
  const jobs = named('jobs');
  const described = broker.describe(jobs);
  assert.ok(described.ok);
  const { settings, tags, visibleCount, inFlightCount, delayedCount } = described.value;
  assert.deepEqual([settings.visibilityMs, settings.redrive?.deadLetterQueue.name], [60_000, 'dead']);
  assert.deepEqual([tags, visibleCount, inFlightCount, delayedCount], [{ team: 'ads' }, 2, 1, 1]);
  assert.deepEqual(bodies(await receive(broker, jobs)), ['waiting', 'of a group']);
  assert.deepEqual(await broker.settle(jobs, [RECEIPT]), { ok: true, value: ['settled'] });
  disk.clock.advance(10_000);
  assert.deepEqual(bodies(await receive(broker, jobs, { waitMs: 20_000 })), ['delayed']);
  const fifo = await create(broker, 'new.fifo', { fifo: {} });
  const sent = await broker.send(fifo, [{ body: 'x', attributes: {}, senderId: 's', groupId: 'g' }]);
  assert.ok(sent.ok);
  await disk.stop();
  assertUpToDate(disk);
});

/**
 * A file of format 2 with a FIFO queue (a-1 leased for ten minutes, a-2 of its group, b-1 of another), a queue with a waiting and a delayed message
 * and one of a group, and a purged queue, made at 1,700,000,000,000.
 */
const FORMAT_2 = new URL('../store/sqlite/fixtures/format-2.db.gz', import.meta.url);
const FIFO_RECEIPT = 'MS4xLjEuMQ' as ReceiptHandle;

test('a data directory of format 2 is brought up to date and keeps all that it held, also what it remembers', async (context) => {
  const disk = new OnDisk(context);
  const broker = await openedLater(disk, FORMAT_2, 1000);
  const [orders, jobs, gone] = [named('orders.fifo'), named('jobs'), named('gone')];
  assert.deepEqual(bodies(await receive(broker, orders)), ['b-1']);
  const again = { body: 'again', attributes: {}, senderId: 's', groupId: 'b', deduplicationId: 'id-b-1' };
  assert.ok((await broker.send(orders, [again])).ok);
  assert.deepEqual(await broker.settle(orders, [FIFO_RECEIPT]), { ok: true, value: ['settled'] });
  assert.deepEqual(bodies(await receive(broker, orders)), ['a-2']);
  assert.deepEqual(bodies(await receive(broker, jobs)), ['waiting', 'of a group']);
  disk.clock.advance(10_000);
  assert.deepEqual(bodies(await receive(broker, jobs, { waitMs: 20_000 })), ['delayed']);
  assert.deepEqual(bodies(await receive(broker, gone)), []);
  disk.clock.advance(60_000);
  // Received as often as it may be, each is a dead letter now.
  assert.deepEqual(bodies(await receive(broker, jobs)), []);
  assert.deepEqual(bodies(await receive(broker, named('dead'))).sort(), ['delayed', 'of a group', 'waiting']);
  const described = broker.describe(orders);
  assert.deepEqual(described.ok && [described.value.visibleCount, described.value.inFlightCount], [2, 0]);
  await disk.stop();
  assertUpToDate(disk);
});

/**
 * A file of format 3 with a queue (a message leased for ten minutes, one that waits, one that is delayed, one of a group) and a FIFO queue (a-1
 * leased for ten minutes, a-2 of its group, b-1 of another), made at 1,700,000,000,000.
 */
const FORMAT_3 = new URL('../store/sqlite/fixtures/format-3.db.gz', import.meta.url);
const ORDERS_RECEIPT = 'MS4yLjEuMQ' as ReceiptHandle;
const JOBS_RECEIPT = 'MS4xLjEuMQ' as ReceiptHandle;

test('a data directory of format 3 is brought up to date and keeps all that it held', async (context) => {
  const disk = new OnDisk(context);
  const broker = await openedLater(disk, FORMAT_3, 1000);
  const [orders, jobs] = [named('orders.fifo'), named('jobs')];
  assert.deepEqual(countsOf(broker, jobs), [2, 1, 1]);
  assert.deepEqual(bodies(await receive(broker, orders)), ['b-1']);
  const again = { body: 'again', attributes: {}, senderId: 's', groupId: 'b', deduplicationId: 'id-b-1' };
  assert.ok((await broker.send(orders, [again])).ok);
  assert.deepEqual(await broker.settle(orders, [ORDERS_RECEIPT]), { ok: true, value: ['settled'] });
  assert.deepEqual(bodies(await receive(broker, orders)), ['a-2']);
  assert.deepEqual(bodies(await receive(broker, jobs)), ['waiting', 'of a group']);
  assert.deepEqual(await broker.settle(jobs, [JOBS_RECEIPT]), { ok: true, value: ['settled'] });
  disk.clock.advance(10_000);
  assert.deepEqual(bodies(await receive(broker, jobs, { waitMs: 20_000 })), ['delayed']);
  await disk.stop();
  assertUpToDate(disk);
});

/**
 * A file of format 4 as a kill left it, made at 1,700,000,000,000: a message leased for ten minutes and one that waits in their rows; one that waits,
 * one that is delayed and b-1 of a FIFO queue in groups that were kept; and a message removed last, which is counted in the queue's row alone.
 */
const FORMAT_4 = new URL('../store/sqlite/fixtures/format-4.db.gz', import.meta.url);
const LEASED_RECEIPT = 'MS4xLjEuMQ' as ReceiptHandle;

test('a data directory of format 4 is brought up to date and keeps all that it held, also groups that were kept', async (context) => {
  const disk = new OnDisk(context);
  const broker = await openedLater(disk, FORMAT_4, 2000);
  const [orders, jobs] = [named('orders.fifo'), named('jobs')];
  assert.deepEqual(countsOf(broker, jobs), [2, 1, 1]);
  assert.deepEqual(bodies(await receive(broker, orders)), ['a-1', 'b-1']);
  assert.deepEqual(bodies(await receive(broker, jobs)), ['waiting', 'kept']);
  assert.deepEqual(await broker.settle(jobs, [LEASED_RECEIPT]), { ok: true, value: ['settled'] });
  disk.clock.advance(10_000);
  assert.deepEqual(bodies(await receive(broker, jobs, { waitMs: 20_000 })), ['delayed']);
  await disk.stop();
  assertUpToDate(disk, 'SELECT count(*) = 0 AS is_so FROM recent_group');
});

/**
 * A file of format 5 as a kill left it, made at 1,700,000,000,000: a message leased for ten minutes, one that was received and six that wait in their
 * rows; the end of the received one, six that wait, one that is delayed, and a-1, b-1 and a-2 of a FIFO queue in groups that were kept.
 */
const FORMAT_5 = new URL('../store/sqlite/fixtures/format-5.db.gz', import.meta.url);

test('a data directory of format 5 is brought up to date: what was in rows stays there, and what comes later stands beside it', async (context) => {
  const disk = new OnDisk(context);
  const broker = await openedLater(disk, FORMAT_5, 2000);
  const [orders, jobs] = [named('orders.fifo'), named('jobs')];
  assert.deepEqual(countsOf(broker, jobs), [12, 1, 1]);
  assert.deepEqual(bodies(await receive(broker, orders)), ['a-1', 'a-2', 'b-1']);
  await send(broker, jobs, 'later 1', 'later 2', 'later 3', 'later 4', 'later 5');
  const numbers = [1, 2, 3, 4, 5, 6];
  const first = await receive(broker, jobs);
  disk.clock.advance(10);
  const others = [...(await receive(broker, jobs)), ...(await receive(broker, jobs, { waitMs: 20_000 }))];
  assert.deepEqual(bodies([...first, ...others]), [
    ...numbers.map((number) => `row ${number}`),
    ...numbers.map((number) => `kept ${number}`),
    ...numbers.slice(0, 5).map((number) => `later ${number}`),
  ]);
  const receipts = [LEASED_RECEIPT, ...first.map(({ receipt }) => receipt)];
  assert.ok((await broker.settle(jobs, receipts)).ok);
  await send(broker, jobs, 'last 1', 'last 2', 'last 3', 'last 4');
  assert.deepEqual(countsOf(broker, jobs), [4, 7, 1]);
  await disk.stop();
  assertUpToDate(disk, 'SELECT count(*) > 0 AS is_so FROM bundle');
  const again = await disk.open();
  assert.deepEqual(countsOf(again, jobs), [4, 7, 1]);
});

/** Opens a copy of a kept file, some time after it was made. */
async function openedLater(disk: OnDisk, kept: URL, laterMs: number): Promise<KeptBroker> {
  writeFileSync(disk.path, gunzipSync(readFileSync(kept)));
  disk.clock.advance(laterMs);
  return disk.open();
}

/** How many messages of a queue are visible, in flight and delayed. */
function countsOf(broker: KeptBroker, queue: QueueKey): readonly number[] {
  const described = broker.describe(queue);
  assert.ok(described.ok);
  const { visibleCount, inFlightCount, delayedCount } = described.value;
  return [visibleCount, inFlightCount, delayedCount];
}

/** The file has the newest format and is whole; `question` asks for more that must be so. */
function assertUpToDate(disk: OnDisk, question = 'SELECT true AS is_so'): void {
  using database = new DatabaseSync(disk.path, { readOnly: true });
  assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], FORMAT_VERSION);
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  assert.equal(database.prepare(question).get()?.['is_so'], 1);
}
