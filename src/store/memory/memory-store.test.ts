import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueId } from '../../base/ids.ts';
import { queueStoreContract } from '../contract.ts';
import { MemoryDisk, MemoryStore } from './memory-store.ts';

queueStoreContract('memory', async () => {
  const disk = new MemoryDisk();
  return { open: async () => new MemoryStore(disk), remove: async () => undefined };
});

const WRITTEN = { kind: 'queue-written', queue: 1 as QueueId, definition: 'one' } as const;

test('a crash before a commit is answered may leave nothing of its group', async () => {
  const disk = new MemoryDisk();
  const store = new MemoryStore(disk);
  await store.open(0);
  const held = Promise.withResolvers<void>();
  store.faults.slow = () => held.promise;
  const outcome = store.commit([WRITTEN], 1);
  const crashed = disk.snapshot();
  held.resolve();
  assert.equal(await outcome, 'committed');
  assert.equal(crashed.queues.size, 0);
  assert.equal(disk.queues.size, 1);
});

test('a full disk applies nothing of a group, and the same group may succeed later', async () => {
  const store = new MemoryStore();
  await store.open(0);
  store.faults.full = true;
  assert.equal(await store.commit([WRITTEN], 1), 'disk-full');
  assert.equal(await store.reload(WRITTEN.queue, 1), undefined);
  store.faults.full = false;
  assert.equal(await store.commit([WRITTEN], 2), 'committed');
  assert.equal((await store.reload(WRITTEN.queue, 2))?.definition, 'one');
});

test('groups handed over before a full disk was heard of are refused with it, later ones are not', async () => {
  const store = new MemoryStore();
  await store.open(0);
  store.faults.full = true;
  const first = store.commit([WRITTEN], 1);
  const behind = store.commit([WRITTEN], 2);
  assert.equal(await first, 'disk-full');
  store.faults.full = false;
  const after = store.commit([WRITTEN], 3);
  assert.equal(await behind, 'disk-full');
  assert.equal(await after, 'committed');
});

test('a broken disk rejects', async () => {
  const store = new MemoryStore();
  await store.open(0);
  store.faults.broken = true;
  await assert.rejects(store.commit([WRITTEN], 1), /broken/);
});
