import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundsOf, traceOnwards } from '../function/lineage.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { DurableMappings } from './durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import { Inboxes } from './inboxes.ts';
import type { RequestId } from '../base/ids.ts';

const LETTERS: QueueKey = { ...QUEUE, name: 'letters' };

/** The trace of something that `rounds` invocations of the function have set off, one the next. */
function traceAfter(rounds: number): string {
  let trace = 'Root=1-a-b;Sampled=0';
  for (let round = 0; round < rounds; round += 1) trace = traceOnwards(trace, TARGET, { id: 'x', nowMs: 0 });
  return trace;
}

async function mapped(hasLetters: boolean): Promise<DispatchStage> {
  const stage = await DispatchStage.open();
  await stage.createQueue({}, LETTERS);
  const redrive = { redrive: { deadLetterQueue: LETTERS, maxReceiveCount: 5 } };
  await stage.createQueue(hasLetters ? redrive : {});
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const settings = { batchSize: 10, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  assert.ok((await mappings.create(QUEUE, TARGET, settings)).ok);
  return stage;
}

async function send(stage: DispatchStage, entries: Readonly<Record<string, string | undefined>>) {
  const sent = await stage.broker.send(
    QUEUE,
    Object.entries(entries).map(([body, traceHeader]) => ({
      ...{ body, attributes: {}, senderId: 'test' },
      ...(traceHeader !== undefined && { traceHeader }),
    })),
  );
  assert.ok(sent.ok);
  await stage.settled();
}

function bodies(stage: DispatchStage): readonly string[] {
  return stage.invoker.running.flatMap(({ event }) => event.Records?.map(({ body }) => body) ?? []);
}

function troubles(stage: DispatchStage): readonly string[] {
  return stage.told.flatMap((event) => (event.kind === 'trouble' ? [event.what] : []));
}

test('the sixteenth round runs; what it sends becomes a dead letter with its cause, beside messages that go on', async () => {
  const stage = await mapped(true);
  await send(stage, { fifteen: traceAfter(15), sixteen: traceAfter(16), fresh: undefined });
  assert.deepEqual(bodies(stage), ['fifteen', 'fresh']);
  assert.equal(roundsOf(stage.invoker.first.request.traceId, TARGET), 15);
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(), '0/0');
  const received = await stage.broker.receive(LETTERS, { maximum: 10, waitMs: 0, holder: 'client' });
  assert.ok(received.ok);
  const [letter] = received.value;
  assert.equal(letter?.message.body, 'sixteen');
  const type = letter.message.attributes['ErrorType'];
  assert.equal(type && 'stringValue' in type ? type.stringValue : '', 'Millrace.RecursiveLoop');
  assert.match(
    troubles(stage).join(),
    /f feeds its own queue clicks: stopped after 16 rounds, 1 .* dead-letter queue/,
  );
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('without a dead-letter queue what goes in circles is dropped, and a line says so', async () => {
  const stage = await mapped(false);
  await send(stage, { a: traceAfter(16), b: traceAfter(40) });
  assert.deepEqual(bodies(stage), []);
  assert.equal(stage.left(), '0/0');
  assert.match(troubles(stage).join(), /stopped after 16 rounds, 2 of its messages were dropped/);
  assert.equal(stage.allowance.inUse(TARGET), 0);
});

test('a function whose owner allows it runs on', async () => {
  const stage = await mapped(true);
  await stage.functions.allowLoops(TARGET, true);
  await send(stage, { a: traceAfter(500) });
  assert.deepEqual(bodies(stage), ['a']);
  stage.invoker.first.answer();
  await stage.settled();
  await stage.functions.allowLoops(TARGET, false);
  await send(stage, { b: traceAfter(500) });
  assert.deepEqual(bodies(stage), []);
});

test('rounds of other functions stop nothing', async () => {
  const stage = await mapped(true);
  let trace: string | undefined;
  for (let round = 0; round < 30; round += 1)
    trace = traceOnwards(trace, { ...TARGET, name: 'other' }, { id: 'x', nowMs: 0 });
  await send(stage, { a: trace });
  assert.deepEqual(bodies(stage), ['a']);
});

test('an asynchronous event that goes in circles is given up, and its dead-letter queue gets it', async () => {
  const stage = await DispatchStage.open();
  await stage.createQueue({}, LETTERS);
  stage.functions.add(TARGET, { deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:letters' });
  const inboxes = await Inboxes.open(stage.ports);
  const post = async (payload: string, traceId: string): Promise<void> => {
    assert.ok((await inboxes.post(TARGET, { payload, requestId: payload as RequestId, traceId }, 'x')).ok);
    await stage.settled();
  };
  await post('15', traceAfter(15));
  assert.equal(roundsOf(stage.invoker.first.request.traceId, TARGET), 15);
  stage.invoker.first.answer();
  await post('16', traceAfter(16));
  assert.equal(stage.invoker.running.length, 0);
  assert.equal(stage.left(LETTERS), '1/0');
  assert.match(
    troubles(stage).join(),
    /event 16 is given up: the function sets itself off: stopped after 16 rounds/,
  );
});
