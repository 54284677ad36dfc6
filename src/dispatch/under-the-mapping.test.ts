import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionKeyText } from '../function/function.ts';
import { SharedAllowance } from '../function/shared-allowance.ts';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import type { MappingSettings } from './mappings.ts';
import type { DispatchPorts } from './ports.ts';

async function mapped(
  settings: Partial<MappingSettings> = {},
  options: { readonly concurrency?: number; readonly ports?: Partial<DispatchPorts> } = {},
) {
  const stage = await DispatchStage.open(options.concurrency);
  await stage.createQueue({ visibilityMs: 30_000 });
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open({ ...stage.ports, ...options.ports });
  const base = { batchSize: 1, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  const created = await mappings.create(QUEUE, TARGET, { ...base, ...settings });
  assert.ok(created.ok);
  return { stage, mappings, uuid: created.value.uuid };
}

function bodies(stage: DispatchStage): readonly string[] {
  return stage.invoker.running.flatMap(({ event }) => event.Records?.map(({ body }) => body) ?? []);
}

test('however long a message waits for concurrency, its first receive is the one that is invoked', async () => {
  const { stage } = await mapped({}, { concurrency: 1 });
  await stage.send('long', 'patient');
  await stage.settled();
  for (let turn = 0; turn < 360; turn += 1) await stage.advance(10_000);
  assert.deepEqual(bodies(stage), ['long']);
  assert.equal(stage.left(), '1/1');
  stage.invoker.first.answer();
  await stage.settled();
  assert.deepEqual(bodies(stage), ['patient']);
  assert.equal(stage.invoker.first.receiveCounts, '1');
});

test('what other functions use of the allowance is waited for, and nothing is taken meanwhile', async () => {
  const { stage } = await mapped({}, { concurrency: 1 });
  const permit = stage.allowance.tryAcquire({ ...TARGET, name: 'other' });
  assert.ok(permit);
  await stage.send('a');
  await stage.advance(600_000);
  assert.equal(stage.left(), '1/0');
  permit.release();
  await stage.settled();
  assert.equal(stage.invoker.first.receiveCounts, '1');
});

test('a function that is turned off takes nothing, and goes on when it is turned on', async () => {
  const reserved = new Map([[functionKeyText(TARGET), 0]]);
  const allowance = new SharedAllowance({ limit: 10, reserved });
  const { stage } = await mapped({}, { ports: { allowance } });
  await stage.send('a');
  await stage.advance(600_000);
  assert.equal(stage.left(), '1/0');
  reserved.clear();
  allowance.changed();
  await stage.settled();
  assert.equal(stage.invoker.first.receiveCounts, '1');
});

test('a queue deleted and made anew during an invocation keeps its new messages, whatever becomes of the old ones', async () => {
  const { stage } = await mapped();
  await stage.send('old', 'older');
  await stage.settled();
  await stage.broker.delete(QUEUE);
  await stage.createQueue({ visibilityMs: 30_000 });
  await stage.send('new');
  await stage.settled();
  const [old, older] = stage.invoker.running;
  old?.answer();
  older?.fail();
  await stage.settled();
  assert.deepEqual(bodies(stage), ['new']);
  assert.equal(stage.left(), '0/1');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
});

test('a function deleted during an invocation: what it answers counts, and nothing more is taken', async () => {
  const { stage, mappings, uuid } = await mapped();
  await stage.send('a');
  await stage.settled();
  await stage.functions.delete(TARGET);
  await stage.send('b');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '1/0');
  assert.equal(mappings.get(uuid)?.state, 'Disabled');
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('a function deleted while a batch looks for room: the batch is visible again at once', async () => {
  const { stage } = await mapped();
  await stage.send('a');
  await stage.settled();
  stage.invoker.first.end({ kind: 'no-room', why: 'full' });
  await stage.settled();
  await stage.functions.delete(TARGET);
  await stage.advance(2000);
  assert.equal(stage.left(), '1/0');
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('a mapping that is disabled with its queue full goes on where it was, with no receive lost', async () => {
  const { stage, mappings, uuid } = await mapped({ maximumConcurrency: 2 });
  await stage.send('a', 'b', 'c', 'd');
  await stage.settled();
  await mappings.change(uuid, { enabled: false });
  for (const invocation of [...stage.invoker.running]) invocation.answer();
  await stage.advance(3_600_000);
  assert.equal(stage.left(), '2/0');
  await mappings.change(uuid, { enabled: true });
  await stage.settled();
  assert.deepEqual(
    stage.invoker.running.map(({ receiveCounts }) => receiveCounts),
    ['1', '1'],
  );
});

test('the maximum concurrency may be changed while batches run: less holds as they end, more at once', async () => {
  const { stage, mappings, uuid } = await mapped({ maximumConcurrency: 4 });
  await stage.send(...Array.from({ length: 20 }, (_, n) => `${n}`));
  await stage.settled();
  assert.equal(stage.invoker.running.length, 4);
  await mappings.change(uuid, { maximumConcurrency: 2 });
  for (const left of [3, 2, 2, 2]) {
    stage.invoker.first.answer();
    await stage.settled();
    assert.equal(stage.invoker.running.length, left);
  }
  await mappings.change(uuid, { maximumConcurrency: 7 });
  await stage.settled();
  assert.equal(stage.invoker.running.length, 7);
  await mappings.change(uuid, { maximumConcurrency: null });
  await stage.settled();
  assert.equal(stage.left().startsWith('0/'), true);
});

test('a batch that is being gathered when its mapping moves to another function goes to that one, as it was taken', async () => {
  const { stage, mappings, uuid } = await mapped({ batchSize: 10, batchingWindowMs: 5000 });
  await stage.send('a');
  await stage.settled();
  const other = { ...TARGET, name: 'g' };
  stage.functions.add(other);
  await mappings.change(uuid, { function: other });
  await stage.send('b');
  await stage.advance(5000);
  assert.deepEqual(bodies(stage), ['a', 'b']);
  assert.equal(stage.invoker.first.request.function.key.name, 'g');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
  assert.equal(stage.allowance.inUse(TARGET) + stage.allowance.inUse(other), 0);
});

test('item failures may begin and cease to be read while a batch runs: what holds is what holds at its end', async () => {
  const { stage, mappings, uuid } = await mapped({ batchSize: 10 });
  await stage.send('a', 'b');
  await stage.settled();
  await mappings.change(uuid, { reportBatchItemFailures: true });
  const [first] = stage.invoker.first.event.Records ?? [];
  stage.invoker.first.answer(`{"batchItemFailures":[{"itemIdentifier":"${first?.messageId}"}]}`);
  await stage.settled();
  assert.equal(stage.left(), '0/1');
});

test('a visibility time-out changed under the mapping holds from the next batch on', async () => {
  const { stage } = await mapped();
  await stage.send('a');
  await stage.settled();
  await stage.broker.change(QUEUE, { visibilityMs: 60_000 });
  stage.invoker.first.fail();
  await stage.settled();
  await stage.advance(30_000);
  assert.equal(stage.invoker.started, 2);
  stage.invoker.first.fail();
  await stage.settled();
  await stage.advance(59_999);
  assert.equal(stage.invoker.started, 2);
  await stage.advance(1);
  assert.equal(stage.invoker.started, 3);
});
