import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvokeEnd } from '../environment/result.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import type { MappingSettings } from './mappings.ts';

const LETTERS: QueueKey = { ...QUEUE, name: 'letters' };
const CRASH: InvokeEnd = {
  ...{ kind: 'exited', during: 'invoke', signal: 'SIGKILL', outOfMemory: true },
  payload: Buffer.from('{"errorType":"Runtime.OutOfMemory","errorMessage":"it was too much"}'),
};
const TIME_OUT: InvokeEnd = { kind: 'timed-out', payload: Buffer.from('{"errorType":"Sandbox.Timedout"}') };

async function mapped(settings: Partial<MappingSettings> = {}): Promise<DispatchStage> {
  const stage = await DispatchStage.open();
  await stage.createQueue({}, LETTERS);
  await stage.createQueue({ redrive: { deadLetterQueue: LETTERS, maxReceiveCount: 2 } });
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const base = { batchSize: 10, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  assert.ok((await mappings.create(QUEUE, TARGET, { ...base, ...settings })).ok);
  return stage;
}

/** Ends every invocation: as `end` says if it holds the guilty message, else answered. Answers the bodies of each. */
async function runAll(stage: DispatchStage, guilty: string, end: InvokeEnd): Promise<readonly string[]> {
  const batches: string[] = [];
  await stage.settled();
  while (stage.invoker.running.length > 0) {
    const { event } = stage.invoker.first;
    const bodies = event.Records?.map(({ body }) => body) ?? [];
    batches.push(bodies.join(''));
    if (bodies.includes(guilty)) stage.invoker.first.end(end);
    else stage.invoker.first.answer();
    await stage.settled();
  }
  return batches;
}

test('a batch that dies is divided until the guilty message stands alone; the innocent are done', async () => {
  const stage = await mapped();
  await stage.send(...'abcdefgh');
  assert.deepEqual(await runAll(stage, 'f', CRASH), ['abcdefgh', 'abcd', 'efgh', 'ef', 'e', 'f', 'gh']);
  assert.equal(stage.left(), '0/1');
  await stage.advance(30_000);
  assert.equal(stage.invoker.first.receiveCounts, '2', 'all failures of the divided batch counted once');
});

test('the guilty message becomes a dead letter with its cause, its own attributes kept', async () => {
  const stage = await mapped();
  await stage.send(...'abc');
  await runAll(stage, 'b', CRASH);
  await stage.advance(30_000);
  await runAll(stage, 'b', CRASH);
  await stage.advance(30_000);
  assert.deepEqual(await runAll(stage, 'b', CRASH), []);
  const received = await stage.broker.receive(LETTERS, { maximum: 10, waitMs: 0, holder: 'client' });
  assert.ok(received.ok);
  const [letter, ...more] = received.value;
  assert.equal(more.length, 0);
  assert.equal(letter?.message.body, 'b');
  const texts = Object.entries(letter.message.attributes).map(([name, attribute]) => [
    name,
    'stringValue' in attribute ? attribute.stringValue : undefined,
  ]);
  assert.deepEqual(Object.fromEntries(texts), {
    ErrorType: 'Runtime.OutOfMemory',
    ErrorMessage: 'it was too much',
    ExitReason: 'out of memory',
  });
});

test('a kill right after the last failure loses neither the dead letter nor its cause', async () => {
  const stage = await mapped();
  await stage.send('b');
  await runAll(stage, 'b', CRASH);
  await stage.advance(30_000);
  await runAll(stage, 'b', CRASH);
  const next = await stage.killed();
  assert.equal(next.left(), '0/0');
  const received = await next.broker.receive(LETTERS, { maximum: 1, waitMs: 0, holder: 'client' });
  assert.ok(received.ok);
  assert.deepEqual(Object.keys(received.value[0]?.message.attributes ?? {}).toSorted(), [
    'ErrorMessage',
    'ErrorType',
    'ExitReason',
  ]);
});

test('a time-out divides; what the handler itself answers, and code that does not load, divide nothing', async () => {
  const slow = await mapped();
  await slow.send('a', 'b');
  assert.deepEqual(await runAll(slow, 'b', TIME_OUT), ['ab', 'a', 'b']);
  const payload = Buffer.from('{"errorType":"Error","errorMessage":"no"}');
  const told = { payload, errorType: 'Error', errorMessage: 'no' };
  for (const kind of ['function-error', 'init-error'] as const) {
    const stage = await mapped();
    await stage.send('a', 'b');
    assert.deepEqual(await runAll(stage, 'b', { kind, ...told }), ['ab']);
    assert.equal(stage.left(), '0/2');
  }
});

test('a mapping may turn division off', async () => {
  const stage = await mapped({ divides: false });
  await stage.send('a', 'b');
  assert.deepEqual(await runAll(stage, 'b', CRASH), ['ab']);
  assert.equal(stage.left(), '0/2');
});

test('a divided batch holds its leases and one permit until it is over', async () => {
  const stage = await mapped();
  await stage.send(...'abcd');
  await stage.settled();
  stage.invoker.first.end(CRASH);
  await stage.settled();
  for (let step = 0; step < 60; step += 1) await stage.advance(5000);
  assert.equal(stage.invoker.running.length, 1, 'the later half waits, and nobody else gets its messages');
  assert.equal(stage.allowance.inUse(TARGET), 1);
  assert.deepEqual(await runAll(stage, '-', CRASH), ['ab', 'cd']);
  assert.equal(stage.left(), '0/0');
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('on a FIFO queue the later messages of a failed group wait for it; other groups go on in order', async () => {
  const fifo: QueueKey = { ...QUEUE, name: 'q.fifo' };
  const stage = await DispatchStage.open();
  const created = await stage.broker.create(fifo, { fifo: { contentBasedDeduplication: true } }, {});
  assert.ok(created.ok);
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const settings = { batchSize: 10, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  assert.ok((await mappings.create(fifo, TARGET, settings)).ok);
  const entries = ['a1', 'a2', 'b1', 'b2'].map((body) => ({
    ...{ body, attributes: {}, senderId: 'test' },
    ...{ groupId: body.charAt(0), deduplicationId: body },
  }));
  assert.ok((await stage.broker.send(fifo, entries)).ok);
  await stage.settled();
  assert.deepEqual(await runAll(stage, 'a1', CRASH), ['a1a2b1b2', 'a1a2', 'a1', 'b1b2']);
});
