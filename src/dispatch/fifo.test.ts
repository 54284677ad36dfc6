import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, TARGET } from './fixture/stage.ts';
import type { Invocation } from './fixture/scripted-invoker.ts';

const FIFO = { account: '000000000000', region: 'us-east-1', name: 'clicks.fifo' };

async function mapped(batchSize: number, reportBatchItemFailures = false): Promise<DispatchStage> {
  const stage = await DispatchStage.open();
  await stage.createQueue({ visibilityMs: 30_000, fifo: { contentBasedDeduplication: true } }, FIFO);
  stage.functions.add(TARGET, { timeoutMs: 3000 });
  const mappings = await DurableMappings.open(stage.ports);
  const settings = { batchSize, batchingWindowMs: 0, reportBatchItemFailures, enabled: true };
  assert.ok((await mappings.create(FIFO, TARGET, settings)).ok);
  return stage;
}

/** Sends messages whose first letter is their group; they are dispatched when it resolves. */
async function send(stage: DispatchStage, ...bodies: string[]): Promise<void> {
  const entries = bodies.map((body) => {
    return { body, attributes: {}, senderId: 'test', groupId: body.charAt(0) };
  });
  assert.ok((await stage.broker.send(FIFO, entries)).ok);
  await stage.settled();
}

function bodies({ event }: Invocation): string {
  return event.Records?.map(({ body }) => body).join() ?? '';
}

function running(stage: DispatchStage): string[] {
  return stage.invoker.running.map(bodies);
}

test('groups run beside each other, and the next of a group only after the one before is done', async () => {
  const stage = await mapped(1);
  await send(stage, 'a1', 'a2', 'b1', 'b2', 'c1');
  assert.deepEqual(running(stage), ['a1', 'b1', 'c1']);
  stage.invoker.first.answer();
  await stage.settled();
  assert.deepEqual(running(stage), ['b1', 'c1', 'a2']);
});

test('a batch holds up to ten messages in order, also of several groups', async () => {
  const stage = await mapped(10);
  await send(stage, ...Array.from({ length: 12 }, (_, n) => `a${n}`), 'b0');
  assert.deepEqual(running(stage), ['a0,a1,a2,a3,a4,a5,a6,a7,a8,a9', 'b0']);
  const record = stage.invoker.first.event.Records?.[0];
  assert.equal(record?.attributes['MessageGroupId'], 'a');
  assert.match(String(record?.attributes['SequenceNumber']), /^\d{20}$/);
  stage.invoker.first.answer();
  await stage.settled();
  assert.deepEqual(running(stage), ['b0', 'a10,a11']);
});

test('a failed batch keeps its group closed until its messages show, and comes again first and in order', async () => {
  const stage = await mapped(2);
  await send(stage, 'a1', 'a2', 'a3');
  stage.invoker.first.fail();
  await stage.advance(29_999);
  assert.deepEqual(running(stage), []);
  await stage.advance(1);
  assert.deepEqual(running(stage), ['a1,a2']);
  assert.equal(stage.invoker.first.receiveCounts, '2,2');
  stage.invoker.first.answer();
  await stage.settled();
  assert.deepEqual(running(stage), ['a3']);
});

test('of a batch that failed in part the rest of the group waits for what failed', async () => {
  const stage = await mapped(3, true);
  await send(stage, 'a1', 'a2', 'a3', 'a4', 'b1');
  const [, second, third] = stage.invoker.first.event.Records ?? [];
  const failures = [second, third].map((record) => ({ itemIdentifier: record?.messageId }));
  stage.invoker.first.answer(JSON.stringify({ batchItemFailures: failures }));
  await stage.settled();
  assert.deepEqual(running(stage), ['b1']);
  await stage.advance(30_000);
  assert.deepEqual(running(stage), ['b1', 'a2,a3,a4']);
});

test('a kill in the midst of an invocation brings its messages again, before all later ones of the group', async () => {
  const stage = await mapped(1);
  await send(stage, 'a1', 'a2');
  assert.deepEqual(running(stage), ['a1']);
  const next = await stage.killed();
  await DurableMappings.open(next.ports);
  await next.settled();
  assert.deepEqual(running(next), ['a1']);
});

test('what stands behind a message that its function wants later waits for it, other groups do not', async () => {
  const stage = await mapped(10, true);
  await send(stage, 'a1', 'a2', 'b1');
  const [first, second] = stage.invoker.first.event.Records ?? [];
  const failures = [
    { itemIdentifier: first?.messageId, delaySeconds: 300 },
    { itemIdentifier: second?.messageId },
  ];
  stage.invoker.first.answer(JSON.stringify({ batchItemFailures: failures }));
  await stage.settled();
  await send(stage, 'a3', 'c1');
  assert.deepEqual(running(stage), ['c1']);
  stage.invoker.first.answer();
  await stage.settled();
  await stage.advance(299_999);
  assert.deepEqual(running(stage), []);
  await stage.advance(1);
  assert.deepEqual(running(stage), ['a1,a2,a3']);
});
