import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';

async function filtering(...patterns: readonly object[]) {
  const stage = await DispatchStage.open();
  await stage.createQueue();
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const settings = { batchSize: 10, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  const filters = patterns.map((pattern) => JSON.stringify(pattern));
  const created = await mappings.create(QUEUE, TARGET, { ...settings, filters });
  assert.ok(created.ok);
  return { stage, mappings, uuid: created.value.uuid };
}

function bodies(stage: DispatchStage): readonly string[] {
  return stage.invoker.running.flatMap(({ event }) => event.Records?.map(({ body }) => body) ?? []);
}

test('what no pattern takes is deleted without an invocation, the rest is handled', async () => {
  const { stage } = await filtering(
    { body: { kind: ['click'] } },
    { body: { kind: ['view'], n: [{ numeric: ['>', 1] }] } },
  );
  const click = '{"kind":"click"}';
  const view = '{"kind":"view","n":2}';
  await stage.send(click, '{"kind":"other"}', view, '{"kind":"view","n":1}', 'no JSON', '[1]', '{broken');
  await stage.settled();
  assert.deepEqual(bodies(stage), [click, view]);
  assert.equal(stage.left(), '0/2');
  for (const one of [...stage.invoker.running]) one.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
});

test('unwanted messages alone cost no invocation and no pause', async () => {
  const { stage } = await filtering({ body: { kind: ['click'] } });
  await stage.send(...Array.from({ length: 40 }, (_, n) => `{"n":${n}}`), '{"kind":"click"}');
  await stage.settled();
  assert.deepEqual(bodies(stage), ['{"kind":"click"}']);
  assert.equal(stage.left(), '0/1');
});

test('a pattern for text takes texts alone; one for something else takes every body', async () => {
  const texts = await filtering({ body: [{ prefix: 'go' }] });
  await texts.stage.send('go on', 'stop', '{"go":1}');
  await texts.stage.settled();
  assert.deepEqual(bodies(texts.stage), ['go on']);
  const others = await filtering({ attributes: { ApproximateReceiveCount: ['1'] } });
  await others.stage.send('text', '{"a":1}');
  await others.stage.settled();
  assert.deepEqual(bodies(others.stage), ['text', '{"a":1}']);
});

test('alternatives may ask for the body, as JSON or as text, and for what stands beside it', async () => {
  const { stage } = await filtering({
    $or: [{ body: { kind: ['click'] } }, { body: ['go'] }, { attributes: { MessageGroupId: ['g'] } }],
  });
  await stage.send('{"kind":"click"}', '{"kind":"view"}', 'go', 'stop');
  await stage.settled();
  assert.deepEqual(bodies(stage), ['{"kind":"click"}', 'go']);
});

test('patterns change while messages come', async () => {
  const { stage, mappings, uuid } = await filtering({ body: ['a'] });
  await mappings.change(uuid, { filters: ['{"body":["b"]}'] });
  await stage.send('a', 'b');
  await stage.settled();
  assert.deepEqual(bodies(stage), ['b']);
  await mappings.change(uuid, { filters: [] });
  await stage.send('c');
  await stage.settled();
  assert.deepEqual(bodies(stage), ['b', 'c']);
});
