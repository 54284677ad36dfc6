import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceiptHandle, RequestId } from '../base/ids.ts';
import { inboxKey } from '../function/inbox.ts';
import { DispatchStage, TARGET } from './fixture/stage.ts';
import { Inboxes } from './inboxes.ts';

const INBOX = inboxKey(TARGET);
const EVENT = { payload: '{"n":1}', requestId: 'r1' as RequestId };

async function withFunction(): Promise<{ stage: DispatchStage; inboxes: Inboxes }> {
  const stage = await DispatchStage.open();
  const inboxes = await Inboxes.open(stage.ports);
  stage.functions.add(TARGET);
  await stage.settled();
  return { stage, inboxes };
}

/** Ends the running invocation with an error of the handler. */
async function fail(stage: DispatchStage): Promise<void> {
  stage.invoker.first.fail();
  await stage.settled();
}

test('an event is given to the function unchanged, and gone once it is answered', async () => {
  const { stage, inboxes } = await withFunction();
  const posted = await inboxes.post(TARGET, { ...EVENT, clientContext: '{"a":1}' }, 'me');
  assert.ok(posted.ok);
  await stage.invoker.reached(1);
  const { request } = stage.invoker.first;
  assert.equal(Buffer.from(request.payload).toString(), '{"n":1}');
  assert.deepEqual([request.requestId, request.clientContext], ['r1', '{"a":1}']);
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.left(INBOX), '0/0');
});

test('a failed event is tried again after one minute and after two, with the same request id, then given up', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  await fail(stage);
  await stage.advance(59_999);
  assert.equal(stage.invoker.started, 1);
  await stage.advance(1);
  assert.equal(stage.invoker.started, 2);
  await fail(stage);
  await stage.advance(119_999);
  assert.equal(stage.invoker.started, 2);
  await stage.advance(1);
  assert.equal(stage.invoker.started, 3);
  assert.equal(stage.invoker.first.request.requestId, 'r1');
  assert.equal(
    stage.told.some((event) => event.kind === 'trouble'),
    false,
  );
  await fail(stage);
  assert.equal(stage.left(INBOX), '0/0');
  assert.match(JSON.stringify(stage.told), /event r1 is given up: attempt 3 ended as function-error/);
});

/** A disk so full that it takes back what was done with a message: for so many times the message is there again at once. */
function takeBack(stage: DispatchStage, times: number): void {
  const { broker } = stage;
  const extend = broker.extend.bind(broker);
  const settle = broker.settle.bind(broker);
  let left = times;
  const lose = async (receipts: readonly ReceiptHandle[]) => {
    left -= 1;
    await extend(
      INBOX,
      receipts.map((receipt) => ({ receipt, visibilityMs: 0, isReleased: true })),
    );
    return { ok: false, failure: { kind: 'disk-full' } } as const;
  };
  broker.settle = (queue, receipts) => (left > 0 ? lose(receipts) : settle(queue, receipts));
  broker.extend = (queue, extensions) =>
    left > 0 ? lose(extensions.map(({ receipt }) => receipt)) : extend(queue, extensions);
}

test('an event whose end a full disk takes back is not run again', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  takeBack(stage, 3);
  stage.invoker.first.answer();
  await stage.settled();
  assert.equal(stage.invoker.started, 1);
  assert.equal(stage.left(INBOX), '0/0');
});

test('a failed event whose wait a full disk takes back is run at its time, and no more often than it may be', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  for (const waitMs of [60_000, 120_000]) {
    const { started } = stage.invoker;
    takeBack(stage, 3);
    await fail(stage);
    await stage.advance(waitMs - 1);
    assert.equal(stage.invoker.started, started);
    await stage.advance(1);
    assert.equal(stage.invoker.started, started + 1);
  }
  await fail(stage);
  assert.equal(stage.left(INBOX), '0/0');
});

test('an event without room is kept and tried until it is six hours old', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  const full = async (): Promise<void> => {
    for (const one of [...stage.invoker.running]) one.end({ kind: 'no-room', why: 'full' });
    await stage.settled();
  };
  await full();
  const nearlySixHours = 359 * 60;
  for (let seconds = 0; seconds < nearlySixHours; seconds += 10) {
    await stage.advance(10_000);
    await full();
  }
  assert.equal(stage.left(INBOX), '0/1');
  for (let seconds = 0; seconds < 120; seconds += 10) {
    await stage.advance(10_000);
    await full();
  }
  assert.equal(stage.left(INBOX), '0/0');
  assert.match(JSON.stringify(stage.told), /event r1 is given up: it is older than it may become/);
});

test('events survive a restart', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes[Symbol.asyncDispose]();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  assert.equal(stage.invoker.started, 0);
  const next = await stage.killed();
  await Inboxes.open(next.ports);
  await next.settled();
  assert.deepEqual(
    next.invoker.running.map((one) => one.request.requestId),
    ['r1'],
  );
});

test('an event that waits for its next try waits over a restart, and is tried once its time has come', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  await fail(stage);
  await stage.advance(20_000);
  const next = await stage.killed();
  await Inboxes.open(next.ports);
  // A second goes by while the platform starts.
  await next.advance(38_000);
  assert.equal(next.invoker.started, 0);
  await next.advance(1002);
  assert.equal(next.invoker.started, 1);
});

test('an event whose last attempt was ended by the stop of the platform is tried again, not given up', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes.post(TARGET, EVENT, 'me');
  for (const delayMs of [60_000, 120_000]) {
    await stage.settled();
    await fail(stage);
    await stage.advance(delayMs);
  }
  const stopping = inboxes[Symbol.asyncDispose]();
  await stage.settled();
  await stage.advance(5000);
  await stopping;
  const payload = Buffer.from('{}');
  stage.invoker.first.end({ kind: 'exited', during: 'invoke', payload, outOfMemory: false });
  await stage.settled();
  assert.equal(stage.left(INBOX), '0/1');
  const next = await stage.killed();
  await Inboxes.open(next.ports);
  await next.advance(1);
  assert.equal(next.invoker.started, 1);
});

test('an inbox goes with its function, and a function made anew begins with an empty one', async () => {
  const { stage, inboxes } = await withFunction();
  stage.functions.move(TARGET, { kind: 'pending' });
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.functions.delete(TARGET);
  stage.functions.add(TARGET);
  await stage.settled();
  assert.equal(stage.left(INBOX), '0/0');
  await inboxes.post(TARGET, { ...EVENT, requestId: 'r2' as RequestId }, 'me');
  await stage.settled();
  assert.deepEqual(
    stage.invoker.running.map((one) => one.request.requestId),
    ['r2'],
  );
});

test('an inbox whose function was deleted shortly before a kill is removed at the next start', async () => {
  const { stage, inboxes } = await withFunction();
  await inboxes[Symbol.asyncDispose]();
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.functions.delete(TARGET);
  const next = await stage.killed();
  const anew = await Inboxes.open(next.ports);
  assert.equal(next.left(INBOX), 'no queue');
  assert.deepEqual(await next.catalog.list('inboxes'), []);
  await anew[Symbol.asyncDispose]();
});

test('an event for a function whose inbox was never made makes it', async () => {
  const stage = await DispatchStage.open();
  stage.functions.add(TARGET);
  const inboxes = await Inboxes.open(stage.ports);
  assert.ok((await inboxes.post(TARGET, EVENT, 'me')).ok);
  await stage.invoker.reached(1);
});

test('an event for which there is no room on the disk is refused for now, not as if its function were not there', async () => {
  const stage = await DispatchStage.open();
  stage.functions.add(TARGET);
  stage.broker.create = async () => ({ ok: false, failure: { kind: 'disk-full' } });
  const inboxes = await Inboxes.open(stage.ports);
  const refused = await inboxes.post(TARGET, EVENT, 'me');
  assert.deepEqual(refused, { ok: false, failure: { kind: 'disk-full' } });
});
