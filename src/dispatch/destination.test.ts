import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestId } from '../base/ids.ts';
import { inboxKey, openEvent } from '../function/inbox.ts';
import type { Delivery } from '../message/message.ts';
import { DispatchStage, QUEUE, TARGET } from './fixture/stage.ts';
import { Inboxes } from './inboxes.ts';

const EVENT = { payload: '{"n":1}', requestId: 'r1' as RequestId };
const QUEUE_ARN = `arn:aws:sqs:${QUEUE.region}:${QUEUE.account}:${QUEUE.name}`;
const FUNCTION_ARN = `arn:aws:lambda:${TARGET.region}:${TARGET.account}:function:${TARGET.name}`;

async function posted(
  rules: Parameters<Map<string, object>['set']>[1],
  settings: Parameters<DispatchStage['functions']['add']>[1] = {},
  event: Parameters<Inboxes['post']>[1] = EVENT,
): Promise<DispatchStage> {
  const stage = await DispatchStage.open();
  const inboxes = await Inboxes.open(stage.ports);
  stage.functions.add(TARGET, settings);
  await stage.createQueue();
  await stage.settled();
  stage.eventRules.set(event.qualifier ?? '$LATEST', rules);
  assert.ok((await inboxes.post(TARGET, event, 'me')).ok);
  await stage.settled();
  return stage;
}

async function received(stage: DispatchStage): Promise<readonly Delivery[]> {
  const got = await stage.broker.receive(QUEUE, { maximum: 10, waitMs: 0, holder: 'client' });
  assert.ok(got.ok);
  return got.value;
}

test('the end of an answered event is told to its destination for success, with event and answer', async () => {
  const stage = await posted({ onSuccess: QUEUE_ARN, onFailure: `${QUEUE_ARN}-none` });
  stage.invoker.first.answer('{"done":true}');
  await stage.settled();
  const [told, ...more] = await received(stage);
  assert.equal(more.length, 0);
  const record = JSON.parse(told?.message.body ?? '') as Record<string, unknown>;
  const { timestamp, ...rest } = record;
  assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, {
    version: '1.0',
    requestContext: {
      requestId: 'r1',
      functionArn: `${FUNCTION_ARN}:$LATEST`,
      condition: 'Success',
      approximateInvokeCount: 1,
    },
    requestPayload: { n: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: { done: true },
  });
  assert.equal(stage.left(inboxKey(TARGET)), '0/0');
});

test('retries are as many as chosen; then failure is told and the event goes to the dead-letter queue', async () => {
  const stage = await posted({ maximumRetries: 1, onFailure: QUEUE_ARN }, { deadLetterArn: QUEUE_ARN });
  stage.invoker.first.fail();
  await stage.settled();
  assert.equal((await received(stage)).length, 0);
  await stage.advance(60_000);
  stage.invoker.first.fail();
  await stage.settled();
  assert.equal(stage.invoker.started, 2);
  const [record, letter] = await received(stage);
  const told = JSON.parse(record?.message.body ?? '') as {
    requestContext: object;
    responseContext: object;
    responsePayload: { errorType: string };
  };
  assert.deepEqual(told.requestContext, {
    ...{ requestId: 'r1', functionArn: `${FUNCTION_ARN}:$LATEST` },
    ...{ condition: 'RetriesExhausted', approximateInvokeCount: 2 },
  });
  assert.deepEqual(told.responseContext, {
    ...{ statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  });
  assert.equal(letter?.message.body, '{"n":1}');
  const { RequestID, ErrorCode, ErrorMessage } = letter.message.attributes;
  assert.deepEqual(RequestID, { dataType: 'String', stringValue: 'r1' });
  assert.deepEqual(ErrorCode, { dataType: 'Number', stringValue: '200' });
  assert.ok(ErrorMessage !== undefined && 'stringValue' in ErrorMessage && ErrorMessage.stringValue !== '');
  assert.equal(stage.left(inboxKey(TARGET)), '0/0');
});

test('an event that grew too old is told as such and never run', async () => {
  const stage = await DispatchStage.open();
  const inboxes = await Inboxes.open(stage.ports);
  stage.functions.add(TARGET);
  stage.functions.move(TARGET, { kind: 'pending' });
  await stage.createQueue();
  stage.eventRules.set('$LATEST', { maximumEventAgeMs: 60_000, onFailure: QUEUE_ARN });
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.advance(60_001);
  stage.functions.move(TARGET, { kind: 'active' });
  await stage.settled();
  assert.equal(stage.invoker.started, 0);
  const [told] = await received(stage);
  const { requestContext, responsePayload } = JSON.parse(told?.message.body ?? '') as {
    requestContext: { condition: string };
    responsePayload?: unknown;
  };
  assert.equal(requestContext.condition, 'EventAgeExceeded');
  assert.equal(responsePayload, undefined);
});

test('a destination that is a function gets the record as an event; the rules are those of what was named', async () => {
  const other = { ...TARGET, name: 'other' };
  const stage = await DispatchStage.open();
  const inboxes = await Inboxes.open(stage.ports);
  stage.functions.add(TARGET);
  stage.functions.add(other);
  await stage.settled();
  stage.eventRules.set('$LATEST', {
    onSuccess: `arn:aws:lambda:${other.region}:${other.account}:function:other`,
  });
  await inboxes.post(TARGET, EVENT, 'me');
  await stage.settled();
  stage.eventRules.clear();
  stage.eventRules.set('$LATEST', {
    onSuccess: `arn:aws:lambda:${other.region}:${other.account}:function:other`,
  });
  stage.invoker.first.answer();
  await stage.settled();
  const { request } = stage.invoker.first;
  assert.equal(request.function.key.name, 'other');
  assert.match(Buffer.from(request.payload).toString(), /"condition":"Success".*"requestPayload":\{"n":1\}/);
});

test('an end that cannot be told now is told later, without running the function again', async () => {
  const stage = await posted({ maximumRetries: 0, onFailure: QUEUE_ARN });
  const send = stage.broker.send.bind(stage.broker);
  let refusals = 2;
  stage.broker.send = (queue, entries) => {
    if (queue.name !== QUEUE.name || refusals === 0) return send(queue, entries);
    refusals -= 1;
    return Promise.resolve({ ok: false, failure: { kind: 'disk-full' } });
  };
  stage.invoker.first.fail();
  await stage.settled();
  assert.equal((await received(stage)).length, 0);
  for (let round = 0; round < 4; round += 1) await stage.advance(1000);
  assert.equal(stage.invoker.started, 1);
  assert.equal((await received(stage)).length, 1);
  assert.equal(stage.left(inboxKey(TARGET)), '0/0');
});

test('a destination that is gone is told as trouble, and the event is over', async () => {
  const stage = await posted({ maximumRetries: 0, onFailure: `${QUEUE_ARN}-gone` });
  stage.invoker.first.fail();
  await stage.settled();
  assert.equal(stage.left(inboxKey(TARGET)), '0/0');
  assert.match(JSON.stringify(stage.told), /a destination of event r1 is not there/);
});

test('what was named with an event stays with it', () => {
  const message = {
    ...{ id: 'm', body: '{}', bodyMd5: '', sizeBytes: 2, sentAtMs: 0, senderId: '' },
    attributes: { qualifier: { dataType: 'String', stringValue: 'live' } },
  };
  assert.equal(openEvent(message as unknown as Delivery['message']).qualifier, 'live');
});
