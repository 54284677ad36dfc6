import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import type { MappingSettings } from './mappings.ts';

const SETTINGS: MappingSettings = {
  batchSize: 10,
  batchingWindowMs: 0,
  reportBatchItemFailures: false,
  enabled: true,
};

async function stageWithQueue(): Promise<DispatchStage> {
  const stage = await DispatchStage.open();
  await stage.createQueue({ visibilityMs: 30_000 });
  stage.functions.add(TARGET);
  return stage;
}

async function created(mappings: DurableMappings, settings: Partial<MappingSettings> = {}): Promise<string> {
  const answer = await mappings.create(QUEUE, TARGET, { ...SETTINGS, ...settings });
  assert.ok(answer.ok);
  assert.equal(answer.value.state, 'Creating');
  return answer.value.uuid;
}

test('a mapping needs its queue, its function, and a visibility time as long as the time-out', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  const failure = async (source = QUEUE, target = TARGET): Promise<unknown> => {
    const answer = await mappings.create(source, target, SETTINGS);
    return answer.ok ? undefined : answer.failure;
  };
  const nowhere = { ...QUEUE, name: 'nowhere' };
  assert.deepEqual(await failure(nowhere), { kind: 'no-such-queue', queue: nowhere });
  assert.deepEqual(await failure(QUEUE, nowhere), { kind: 'no-such-function', function: nowhere });
  const slow = { ...TARGET, name: 'slow' };
  stage.functions.add(slow, { timeoutMs: 31_000 });
  assert.deepEqual(await failure(QUEUE, slow), {
    kind: 'visibility-shorter-than-timeout',
    visibilityMs: 30_000,
    timeoutMs: 31_000,
  });
  assert.deepEqual(mappings.list(), []);
});

test('a queue is mapped to a function once, also when it is asked for twice at the same time', async () => {
  const mappings = await DurableMappings.open((await stageWithQueue()).ports);
  const [first, second] = await Promise.all([
    mappings.create(QUEUE, TARGET, SETTINGS),
    mappings.create(QUEUE, TARGET, SETTINGS),
  ]);
  assert.ok(first.ok);
  assert.deepEqual(second, { ok: false, failure: { kind: 'mapping-exists', uuid: first.value.uuid } });
});

test('a disabled mapping takes nothing, and goes on when it is enabled', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  const uuid = await created(mappings, { enabled: false });
  await stage.send('a');
  await stage.settled();
  assert.equal(mappings.get(uuid)?.state, 'Disabled');
  assert.equal(stage.invoker.started, 0);
  const enabled = await mappings.change(uuid, { enabled: true });
  assert.ok(enabled.ok);
  assert.equal(enabled.value.state, 'Enabling');
  await stage.settled();
  assert.equal(stage.invoker.started, 1);
  assert.equal(mappings.get(uuid)?.state, 'Enabled');
});

test('disabling lets running batches end, and then takes nothing', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  const uuid = await created(mappings);
  await stage.send('a');
  await stage.settled();
  await mappings.change(uuid, { enabled: false });
  await stage.send('b');
  await stage.settled();
  assert.equal(mappings.get(uuid)?.state, 'Disabling');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(mappings.get(uuid)?.state, 'Disabled');
  assert.equal(stage.left(), '1/0');
});

test('disabling flushes a batch that is being gathered', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  const uuid = await created(mappings, { batchSize: 100, batchingWindowMs: 300_000 });
  await stage.send('a');
  await stage.settled();
  assert.equal(stage.invoker.started, 0);
  await mappings.change(uuid, { enabled: false });
  await stage.settled();
  assert.equal(stage.invoker.started, 1);
});

test('changes hold from the next batch on', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  const uuid = await created(mappings, { batchSize: 1 });
  const other = { ...TARGET, name: 'g' };
  stage.functions.add(other);
  const changed = await mappings.change(uuid, { batchSize: 3, function: other, maximumConcurrency: 2 });
  assert.ok(changed.ok);
  assert.equal(changed.value.state, 'Updating');
  await stage.send('a', 'b', 'c');
  await stage.settled();
  assert.equal(stage.invoker.first.event.Records?.length, 3);
  assert.equal(stage.invoker.first.request.function.key.name, 'g');
  await mappings.change(uuid, { maximumConcurrency: null });
  assert.equal(mappings.get(uuid)?.settings.maximumConcurrency, undefined);
});

test('a deleted mapping is gone when its running batches have ended', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  const uuid = await created(mappings);
  await stage.send('a');
  await stage.settled();
  const deleted = await mappings.delete(uuid);
  assert.ok(deleted.ok);
  assert.equal(deleted.value.state, 'Deleting');
  const again = await mappings.change(uuid, { enabled: true });
  assert.equal(again.ok, false);
  await stage.settled();
  assert.equal(mappings.get(uuid)?.state, 'Deleting');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(mappings.get(uuid), undefined);
  assert.deepEqual(await stage.catalog.list('mappings'), []);
  assert.equal(stage.left(), '0/0');
});

test('a restart goes on with every mapping as it was', async () => {
  const stage = await stageWithQueue();
  const before = await DurableMappings.open(stage.ports);
  const uuid = await created(before, { batchSize: 7 });
  await before.tag(uuid, { team: 'ads', gone: 'x' });
  await before.tag(uuid, { gone: null });
  await before[Symbol.asyncDispose]();
  await stage.send('a');
  await stage.settled();
  assert.equal(stage.invoker.started, 0);
  const next = await stage.killed();
  const after = await DurableMappings.open(next.ports);
  await next.settled();
  assert.equal(next.invoker.started, 1);
  assert.equal(after.get(uuid)?.settings.batchSize, 7);
  assert.deepEqual(after.get(uuid)?.tags, { team: 'ads' });
});

test('a deletion that a kill interrupted is completed at the next start', async () => {
  const stage = await stageWithQueue();
  const before = await DurableMappings.open(stage.ports);
  const uuid = await created(before);
  await stage.send('a');
  await stage.settled();
  await before.delete(uuid);
  const next = await stage.killed();
  const after = await DurableMappings.open(next.ports);
  await next.settled();
  assert.deepEqual(after.list(), []);
  assert.deepEqual(await next.catalog.list('mappings'), []);
  assert.equal(next.left(), '1/0');
});

test('stopping waits a while for running batches, and not forever', async () => {
  const stage = await stageWithQueue();
  const mappings = await DurableMappings.open(stage.ports);
  await created(mappings);
  await stage.send('a');
  await stage.settled();
  let stopped = false;
  const stopping = mappings[Symbol.asyncDispose]().then(() => {
    stopped = true;
  });
  await stage.advance(4999);
  assert.equal(stopped, false);
  await stage.advance(1);
  await stopping;
});
