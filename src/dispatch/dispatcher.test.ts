import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import type { SettingsChange } from '../queue/settings.ts';
import type { MappingSettings } from './mappings.ts';

const SETTINGS: MappingSettings = {
  batchSize: 1,
  batchingWindowMs: 0,
  reportBatchItemFailures: false,
  enabled: true,
};

/** A stage with a queue, a function and a mapping between them. */
async function mapped(
  settings: Partial<MappingSettings> = {},
  options: { readonly concurrency?: number; readonly timeoutMs?: number } = {},
  queue: SettingsChange = {},
): Promise<{ stage: DispatchStage; mappings: DurableMappings; uuid: string }> {
  const stage = await DispatchStage.open(options.concurrency);
  await stage.createQueue({ visibilityMs: 30_000, ...queue });
  stage.functions.add(TARGET, { timeoutMs: options.timeoutMs ?? 3000 });
  const mappings = await DurableMappings.open(stage.ports);
  const created = await mappings.create(QUEUE, TARGET, { ...SETTINGS, ...settings });
  assert.ok(created.ok);
  return { stage, mappings, uuid: created.value.uuid };
}

test('an idle mapping takes nothing and holds no permit, and moving time does not change that', async () => {
  const { stage } = await mapped();
  await stage.settled();
  assert.equal(stage.allowance.inUse(TARGET), 0);
  await stage.advance(3_600_000);
  assert.deepEqual(stage.told, []);
});

test('a message goes to the function as it arrives, and is gone once it is answered', async () => {
  const { stage } = await mapped();
  await stage.send('hello');
  await stage.invoker.reached(1);
  assert.deepEqual(
    stage.invoker.first.event.Records?.map((record) => record.body),
    ['hello'],
  );
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('concurrency rises at once to as many as there are messages, without a ramp', async () => {
  const { stage } = await mapped();
  await stage.send(...Array.from({ length: 1000 }, (_, n) => `${n}`));
  await stage.settled();
  assert.equal(stage.invoker.running.length, 1000);
});

test('no message is taken without a permit, and the next one as soon as a permit is free', async () => {
  const { stage } = await mapped({}, { concurrency: 2 });
  await stage.send('a', 'b', 'c');
  await stage.settled();
  assert.equal(stage.invoker.running.length, 2);
  assert.equal(stage.left(), '1/2');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.invoker.started, 3);
});

test('no more batches run at once than the mapping’s maximum concurrency', async () => {
  const { stage } = await mapped({ maximumConcurrency: 2 });
  await stage.send('a', 'b', 'c');
  await stage.settled();
  assert.equal(stage.invoker.running.length, 2);
  assert.equal(stage.allowance.inUse(TARGET), 2);
  stage.invoker.first.fail();
  await stage.settled();
  assert.equal(stage.invoker.running.length, 2);
});

test('a failed message stays hidden until the visibility time that began with its receive has ended', async () => {
  // The lease is longer than that: time-out of 29 s and the margin.
  const { stage } = await mapped({}, { timeoutMs: 29_000 });
  await stage.send('a');
  await stage.settled();
  await stage.advance(10_000);
  stage.invoker.first.fail();
  await stage.settled();
  await stage.advance(19_999);
  assert.equal(stage.invoker.started, 1);
  await stage.advance(1);
  assert.equal(stage.invoker.started, 2);
  assert.equal(stage.invoker.first.receiveCounts, '2');
});

test('an invocation that outlasts the visibility time keeps its message; failing then shows it at once', async () => {
  const { stage } = await mapped({}, { timeoutMs: 30_000 });
  await stage.send('a');
  await stage.settled();
  await stage.advance(40_000);
  assert.equal(stage.invoker.started, 1);
  stage.invoker.first.fail();
  await stage.settled();
  assert.equal(stage.invoker.started, 2);
});

test('a message whose invocation waits for an environment stays leased, however long that takes', async () => {
  const { stage } = await mapped();
  await stage.send('a');
  await stage.settled();
  for (let turn = 0; turn < 120; turn += 1) await stage.advance(10_000);
  assert.equal(stage.invoker.started, 1);
  assert.equal(stage.left(), '0/1');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
});

test('of a partly failed batch only the reported messages are offered again', async () => {
  const { stage, mappings, uuid } = await mapped({ batchSize: 10, reportBatchItemFailures: true });
  await stage.send('a', 'b', 'c');
  await stage.settled();
  const [, second] = stage.invoker.first.event.Records ?? [];
  stage.invoker.first.answer(`{"batchItemFailures":[{"itemIdentifier":"${second?.messageId ?? ''}"}]}`);
  await stage.settled();
  assert.equal(stage.left(), '0/1');
  assert.equal(mappings.get(uuid)?.lastProcessingResult, 'OK');
  await stage.advance(30_000);
  assert.deepEqual(
    stage.invoker.first.event.Records?.map((record) => record.body),
    ['b'],
  );
});

test('a message received as often as its queue allows becomes a dead letter instead of another event', async () => {
  const deadLetterQueue = { ...QUEUE, name: 'dead' };
  const { stage } = await mapped();
  await stage.createQueue({}, deadLetterQueue);
  await stage.broker.change(QUEUE, { redrive: { deadLetterQueue, maxReceiveCount: 2 } });
  await stage.send('a');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await stage.settled();
    for (const invocation of [...stage.invoker.running]) invocation.fail();
    await stage.settled();
    await stage.advance(30_000);
  }
  assert.equal(stage.invoker.started, 2);
  assert.equal(stage.left(), '0/0');
  assert.equal(stage.left(deadLetterQueue), '1/0');
});

test('what a killed platform had taken is offered at once at the next start', async () => {
  const { stage } = await mapped();
  await stage.send('a', 'b');
  await stage.settled();
  stage.invoker.first.answer();
  await stage.settled();
  const next = await stage.killed();
  await DurableMappings.open(next.ports);
  await next.advance(1);
  assert.deepEqual(
    next.invoker.running.map((one) => one.event.Records?.[0]?.body),
    ['b'],
  );
});

test('without room the batch waits and keeps its lease, nothing more is taken, and no receive is counted', async () => {
  const { stage } = await mapped();
  await stage.send('a', 'b');
  await stage.settled();
  stage.invoker.first.end({ kind: 'no-room', why: 'full' });
  stage.invoker.first.end({ kind: 'no-room', why: 'full' });
  await stage.settled();
  await stage.send('c');
  await stage.settled();
  assert.equal(stage.left(), '1/2');
  for (let tries = 0; tries < 60; tries += 1) {
    await stage.advance(2000);
    for (const invocation of [...stage.invoker.running]) invocation.end({ kind: 'no-room', why: 'full' });
    await stage.settled();
  }
  assert.equal(stage.left(), '1/2');
  await stage.advance(2000);
  assert.deepEqual(
    stage.invoker.running.map((one) => one.receiveCounts),
    ['1', '1'],
  );
  for (const invocation of [...stage.invoker.running]) invocation.answer();
  await stage.settled();
  for (const invocation of [...stage.invoker.running]) invocation.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
});

test('a batch that has found its room holds nobody back while it runs', async () => {
  const { stage } = await mapped();
  await stage.send('a');
  await stage.settled();
  stage.invoker.first.end({ kind: 'no-room', why: 'full' });
  await stage.settled();
  await stage.send('b');
  await stage.advance(50);
  assert.equal(stage.invoker.running.length, 1);
  await stage.advance(100);
  assert.equal(stage.invoker.running.length, 2);
});

test('a deleted queue is reported and, once created again, dispatched again', async () => {
  const { stage, mappings, uuid } = await mapped();
  await stage.settled();
  await stage.broker.delete(QUEUE);
  await stage.settled();
  assert.match(mappings.get(uuid)?.lastProcessingResult ?? '', /^PROBLEM: The queue does not exist/);
  await stage.createQueue();
  await stage.send('back');
  await stage.settled();
  assert.equal(stage.invoker.started, 1);
});

test('a queue deleted during an invocation does not end the mapping', async () => {
  const { stage } = await mapped();
  await stage.send('a');
  await stage.settled();
  await stage.broker.delete(QUEUE);
  stage.invoker.first.answer();
  await stage.settled();
  await stage.createQueue();
  await stage.send('b');
  await stage.settled();
  assert.equal(stage.invoker.started, 2);
});

test('for a deleted function nothing is taken until it is there again', async () => {
  const { stage, mappings, uuid } = await mapped();
  await stage.functions.delete(TARGET);
  await stage.send('a');
  await stage.settled();
  assert.equal(stage.left(), '1/0');
  assert.equal(mappings.get(uuid)?.state, 'Disabled');
  assert.match(mappings.get(uuid)?.lastProcessingResult ?? '', /function does not exist/);
  stage.functions.add(TARGET);
  await stage.settled();
  assert.equal(stage.invoker.started, 1);
});

test('for a function that is being unpacked nothing is taken until it is active', async () => {
  const { stage } = await mapped();
  stage.functions.move(TARGET, { kind: 'pending' });
  await stage.send('a');
  await stage.settled();
  assert.equal(stage.invoker.started, 0);
  stage.functions.move(TARGET, { kind: 'active' });
  await stage.settled();
  assert.equal(stage.invoker.started, 1);
});

test('arrivals whose messages others always take are looked at less and less often', async () => {
  const { stage } = await mapped();
  let receives = 0;
  stage.broker.receive = async () => {
    receives += 1;
    return { ok: true, value: [] };
  };
  await stage.send('a');
  await stage.settled();
  assert.equal(receives, 2);
  for (let turn = 0; turn < 100; turn += 1) await stage.advance(100);
  assert.ok(receives < 25, `${receives} receives in ten seconds`);
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('a queue that refuses to hand out is asked once a second, and told once', async () => {
  const { stage, mappings, uuid } = await mapped();
  let receives = 0;
  stage.broker.receive = async () => {
    receives += 1;
    return { ok: false, failure: { kind: 'too-many-in-flight' } } as never;
  };
  await stage.send('a');
  await stage.settled();
  for (let turn = 0; turn < 5; turn += 1) await stage.advance(1000);
  assert.equal(receives, 6);
  assert.equal(stage.told.filter((event) => event.kind === 'trouble').length, 1);
  assert.equal(mappings.get(uuid)?.lastProcessingResult, 'PROBLEM: too-many-in-flight');
});

test('dispatch tells what went out and how it ended, by message id', async () => {
  const { stage, uuid } = await mapped();
  const ids = await stage.send('a');
  await stage.settled();
  stage.invoker.first.fail();
  await stage.settled();
  const told = stage.told.filter((event) => event.kind.startsWith('batch-'));
  assert.deepEqual(
    told.map((event) => ({ ...event, requestId: '' })),
    [
      { kind: 'batch-dispatched', mapping: uuid, requestId: '', ids },
      {
        kind: 'batch-ended',
        mapping: uuid,
        requestId: '',
        outcome: 'function-error',
        failedIds: ids,
      },
    ],
  );
});
