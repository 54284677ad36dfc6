import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';

/** A stage with a mapping that gathers batches. */
async function gathering(batchSize: number, batchingWindowMs: number): Promise<DispatchStage> {
  const stage = await DispatchStage.open();
  await stage.createQueue();
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const settings = { batchSize, batchingWindowMs, reportBatchItemFailures: false, enabled: true };
  assert.ok((await mappings.create(QUEUE, TARGET, settings)).ok);
  return stage;
}

/** How many messages each running invocation got. */
function sizes(stage: DispatchStage): readonly (number | undefined)[] {
  return stage.invoker.running.map((invocation) => invocation.event.Records?.length);
}

test('without a window what is there goes at once, at most the batch size together', async () => {
  const stage = await gathering(10, 0);
  await stage.send(...Array.from({ length: 25 }, (_, n) => `${n}`));
  await stage.settled();
  assert.deepEqual(sizes(stage), [10, 10, 5]);
});

test('with a window messages are gathered until it ends', async () => {
  const stage = await gathering(100, 5000);
  await stage.send('a');
  await stage.settled();
  await stage.advance(3000);
  await stage.send('b', 'c');
  await stage.advance(1999);
  assert.deepEqual(sizes(stage), []);
  await stage.advance(1);
  assert.deepEqual(sizes(stage), [3]);
});

test('a full batch does not wait for its window', async () => {
  const stage = await gathering(20, 300_000);
  await stage.send(...Array.from({ length: 15 }, (_, n) => `${n}`));
  await stage.settled();
  assert.deepEqual(sizes(stage), []);
  await stage.send(...Array.from({ length: 15 }, (_, n) => `${n}`));
  await stage.settled();
  assert.deepEqual(sizes(stage), [20]);
});

test('a batch goes when the largest message might no longer fit into 6 MB', async () => {
  const stage = await gathering(100, 300_000);
  const large = 'x'.repeat(1_000_000);
  for (let sent = 0; sent < 5; sent += 1) await stage.send(large);
  await stage.settled();
  assert.deepEqual(sizes(stage), []);
  await stage.send(large);
  await stage.settled();
  assert.deepEqual(sizes(stage), [6]);
});

test('a batch may hold thousands of small messages', async () => {
  const stage = await gathering(10_000, 1000);
  await stage.send(...Array.from({ length: 9000 }, (_, n) => `${n}`));
  await stage.settled();
  await stage.advance(1000);
  assert.deepEqual(sizes(stage), [9000]);
});

test('messages stay leased for the whole window, however short the visibility time, and are run once', async () => {
  const stage = await gathering(100, 300_000);
  await stage.send('a');
  await stage.settled();
  for (let turn = 0; turn < 5; turn += 1) await stage.advance(60_000);
  assert.deepEqual(sizes(stage), [1]);
  assert.equal(stage.invoker.first.receiveCounts, '1');
});
