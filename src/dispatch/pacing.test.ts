import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvokeEnd } from '../environment/result.ts';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import type { MappingSettings } from './mappings.ts';

const THROTTLED: InvokeEnd = {
  ...{ kind: 'function-error', errorType: 'ThrottlingException', errorMessage: 'Rate exceeded' },
  payload: Buffer.from('{"errorType":"ThrottlingException","errorMessage":"Rate exceeded"}'),
};

async function mapped(settings: Partial<MappingSettings> = {}) {
  const stage = await DispatchStage.open();
  await stage.createQueue({ visibilityMs: 30_000 });
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const base = { batchSize: 1, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  const created = await mappings.create(QUEUE, TARGET, { ...base, ...settings });
  assert.ok(created.ok);
  const { uuid } = created.value;
  return { stage, mappings, uuid, pace: () => mappings.get(uuid)?.pace };
}

function many(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${n}`);
}

test('a throttled function is given half as much at once, and no message is taken that would have to wait', async () => {
  const { stage, pace } = await mapped();
  await stage.send(...many(100));
  await stage.settled();
  assert.equal(stage.invoker.running.length, 100);
  await stage.advance(10);
  stage.invoker.first.end(THROTTLED);
  await stage.settled();
  assert.deepEqual(pace(), { running: 99, limit: 50, reason: 'throttled', pauseMs: 0, cutCount: 1 });
  await stage.send(...many(50));
  while (stage.invoker.running.length > 50) stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '50/51', 'what cannot run yet stays visible, its receives uncounted');
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.invoker.running.length, 50);
});

test('answers bring concurrency back step by step until there is no limit, and both ends are told', async () => {
  const { stage, pace } = await mapped();
  await stage.send(...many(40));
  await stage.settled();
  await stage.advance(10);
  stage.invoker.first.end(THROTTLED);
  await stage.settled();
  const limits: number[] = [];
  for (let limit = pace()?.limit; limit !== undefined; limit = pace()?.limit) {
    limits.push(limit);
    await stage.send(...many(40));
    await stage.advance(10);
    for (const invocation of [...stage.invoker.running]) invocation.answer();
    await stage.settled();
  }
  assert.equal(pace()?.limit, undefined);
  assert.equal(limits[0], 20);
  assert.ok(limits.length > 20 && limits.every((limit, n) => limit <= 20 + 4 * n), limits.join());
  const told = stage.told.filter((event) => event.kind === 'paced');
  assert.deepEqual(
    told.map(({ limit, why, isFirst }) => [limit === undefined, why, isFirst]),
    [
      [false, 'throttled', true],
      [true, 'throttled', false],
    ],
  );
});

test('an answer that says "throttled" slows the mapping too, where answers are read', async () => {
  for (const reportBatchItemFailures of [true, false]) {
    const { stage, pace } = await mapped({ reportBatchItemFailures });
    await stage.send(...many(10));
    await stage.settled();
    await stage.advance(10);
    stage.invoker.first.answer('{"throttled":true}');
    await stage.settled();
    assert.equal(pace()?.limit, reportBatchItemFailures ? 5 : undefined);
  }
});

test('one at a time that is still throttled is followed by a pause, before which nothing is taken', async () => {
  const { stage, pace } = await mapped();
  for (const body of ['a', 'b']) {
    await stage.send(body);
    await stage.settled();
    await stage.advance(1000);
    stage.invoker.first.end(THROTTLED);
    await stage.settled();
    await stage.advance(100);
  }
  assert.equal(pace()?.limit, 1);
  assert.equal(pace()?.pauseMs, 200);
  await stage.send('c');
  await stage.settled();
  assert.equal(stage.invoker.running.length, 0);
  assert.equal(stage.left(), '1/2');
  await stage.advance(199);
  assert.equal(stage.invoker.running.length, 0);
  await stage.advance(1);
  assert.equal(stage.invoker.running.length, 1);
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(pace()?.pauseMs, 0);
});

test('a healthy function keeps its full concurrency, poisonous messages or not', async () => {
  const { stage, pace } = await mapped();
  for (let round = 0; round < 20; round += 1) {
    await stage.send(...many(50));
    await stage.settled();
    assert.ok(stage.invoker.running.length >= 50, `round ${round}`);
    await stage.advance(30_000);
    for (const invocation of [...stage.invoker.running]) {
      if (invocation.event.Records?.[0]?.body === '7') invocation.fail();
      else invocation.answer();
    }
    await stage.settled();
  }
  assert.equal(pace()?.cutCount, 0);
});

test('a mapping may turn its pace off, and on again', async () => {
  const { stage, mappings, uuid, pace } = await mapped({ isPaced: false });
  await stage.send(...many(10));
  await stage.settled();
  await stage.advance(10);
  stage.invoker.first.end(THROTTLED);
  await stage.send(...many(10));
  await stage.settled();
  assert.equal(stage.invoker.running.length, 19);
  assert.equal(pace()?.limit, undefined);
  await mappings.change(uuid, { isPaced: true });
  assert.equal(pace()?.limit, 5);
});

test('messages of a failed invocation wait as the back-off says, each failure twice as long', async () => {
  const { stage, mappings, uuid } = await mapped({ retryBackoff: { firstMs: 2000, longestMs: 5000 } });
  await stage.send('a');
  for (const waitMs of [2000, 4000, 5000, 5000]) {
    await stage.settled();
    stage.invoker.first.fail();
    await stage.settled();
    await stage.advance(waitMs - 1);
    assert.equal(stage.invoker.running.length, 0, `${waitMs}`);
    await stage.advance(1);
    assert.equal(stage.invoker.running.length, 1, `${waitMs}`);
  }
  await mappings.change(uuid, { retryBackoff: null });
  stage.invoker.first.fail();
  await stage.settled();
  await stage.advance(29_999);
  assert.equal(stage.invoker.running.length, 0);
  await stage.advance(1);
  assert.equal(stage.invoker.running.length, 1);
});

test('a function says when it wants each failed message again; the others follow the mapping', async () => {
  const { stage } = await mapped({ batchSize: 10, reportBatchItemFailures: true });
  await stage.send('soon', 'late', 'ever', 'done');
  await stage.settled();
  const ids = (stage.invoker.first.event.Records ?? []).map(({ messageId }) => messageId);
  const failures = [
    { itemIdentifier: ids[0], delaySeconds: 0.5 },
    { itemIdentifier: ids[1], delaySeconds: 40_000 },
    { itemIdentifier: ids[2] },
  ];
  stage.invoker.first.answer(JSON.stringify({ batchItemFailures: failures }));
  await stage.settled();
  const bodies = (): readonly string[] =>
    stage.invoker.running.flatMap(({ event }) => event.Records?.map(({ body }) => body) ?? []);
  await stage.advance(499);
  assert.deepEqual(bodies(), []);
  await stage.advance(1);
  assert.deepEqual(bodies(), ['soon']);
  stage.invoker.first.answer();
  await stage.settled();
  await stage.advance(29_500);
  assert.deepEqual(bodies(), ['ever']);
  stage.invoker.first.answer();
  await stage.settled();
  await stage.advance(9_969_999);
  await stage.advance(29_999_999);
  assert.deepEqual(bodies(), []);
  await stage.advance(2);
  assert.deepEqual(bodies(), ['late']);
});

test('a function that chooses a delay for all that it fails is not slowed; one that merely fails all is', async () => {
  for (const [delaySeconds, limit] of [
    [60, undefined],
    [undefined, 5],
  ]) {
    const { stage, pace } = await mapped({ reportBatchItemFailures: true });
    await stage.send(...many(10));
    await stage.settled();
    await stage.advance(10);
    for (const invocation of [...stage.invoker.running]) {
      const itemIdentifier = invocation.event.Records?.[0]?.messageId;
      invocation.answer(JSON.stringify({ batchItemFailures: [{ itemIdentifier, delaySeconds }] }));
    }
    await stage.settled();
    assert.equal(pace()?.limit, limit);
  }
});

test('a delay that is none leaves the message to the usual rule, and the mapping says so', async () => {
  const { stage, mappings, uuid } = await mapped({ reportBatchItemFailures: true });
  await stage.send('a');
  await stage.settled();
  const [record] = stage.invoker.first.event.Records ?? [];
  stage.invoker.first.answer(
    `{"batchItemFailures":[{"itemIdentifier":"${record?.messageId}","delaySeconds":"soon"}]}`,
  );
  await stage.settled();
  assert.match(mappings.get(uuid)?.lastProcessingResult ?? '', /^PROBLEM: delaySeconds takes a number/);
  await stage.advance(30_000);
  assert.equal(stage.invoker.running.length, 1);
});
