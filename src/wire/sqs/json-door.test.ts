import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

test('an error has its type in the body and the code of the older protocol in a header', async () => {
  const door = await DoorUnderTest.open();
  const called = await door.call('SendMessage', { QueueUrl: 'http://h/000000000000/none', MessageBody: 'x' });
  assert.equal(called.status, 400);
  assert.deepEqual(called.output, {
    __type: 'com.amazonaws.sqs#QueueDoesNotExist',
    message: 'The specified queue does not exist.',
  });
  assert.deepEqual(called.headers, {
    'Content-Type': 'application/x-amz-json-1.0',
    'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
  });
});

test('the type of an error that all services share has their namespace', async () => {
  const door = await DoorUnderTest.open();
  const typeOf = async (action: string, input: unknown) => (await door.call(action, input)).output['__type'];
  const shared = 'com.amazon.coral.service#';
  assert.equal(await typeOf('SendMessage', {}), `${shared}MissingRequiredParameterException`);
  assert.equal(await typeOf('CreateQueue', { QueueName: 'a b' }), `${shared}InvalidParameterValueException`);
  assert.equal(await typeOf('CreateQueue', '{'), `${shared}SerializationException`);
  assert.equal(await typeOf('Explode', {}), `${shared}UnknownOperationException`);
  const SourceArn = 'arn:aws:sqs:us-east-1:000000000000:none';
  assert.equal(
    await typeOf('ListMessageMoveTasks', { SourceArn }),
    'com.amazonaws.sqs#ResourceNotFoundException',
  );
});

test('an action without output answers an empty body with the content type', async () => {
  const door = await DoorUnderTest.open();
  const called = await door.call('PurgeQueue', { QueueUrl: await door.queue() });
  assert.equal(called.status, 200);
  assert.equal(called.text, '');
  assert.deepEqual(called.headers, { 'Content-Type': 'application/x-amz-json-1.0' });
});

test('an unknown action is refused as such', async () => {
  const door = await DoorUnderTest.open();
  assert.match(await door.refused('Explode', {}), /^InvalidAction: The action Explode is not valid/);
  assert.match(await door.refused('constructor', {}), /^InvalidAction: /);
  assert.match(await door.refused('', {}), /^InvalidAction: /);
});

test('what is no JSON object in UTF-8 is refused', async () => {
  const door = await DoorUnderTest.open();
  for (const body of ['{', '[]', 'null', '"text"', '1', Buffer.from([0x7b, 0xff, 0x7d])]) {
    assert.match(await door.refused('ListQueues', body), /^SerializationException: /);
  }
});

test('an empty body counts as an empty object', async () => {
  assert.deepEqual(await (await DoorUnderTest.open()).done('ListQueues', ''), {});
});

test('a member of the wrong type is refused, null is absent', async () => {
  const door = await DoorUnderTest.open();
  const queue = await door.queue();
  const send = (members: object) =>
    door.refused('SendMessage', { QueueUrl: queue, MessageBody: 'x', ...members });
  assert.match(
    await send({ MessageBody: 7 }),
    /^SerializationException: NUMBER_VALUE can not be converted to a String/,
  );
  assert.match(await send({ DelaySeconds: '7' }), /^SerializationException: STRING_VALUE .* an Integer/);
  assert.match(await send({ DelaySeconds: 1.5 }), /^SerializationException: DECIMAL_VALUE/);
  assert.match(await send({ MessageAttributes: [] }), /^SerializationException: LIST_VALUE/);
  assert.match(await send({ MessageAttributes: { a: true } }), /^SerializationException: TRUE_VALUE/);
  await door.done('SendMessage', { QueueUrl: queue, MessageBody: 'x', DelaySeconds: null });
});

test('a queue is found by the last two parts of its URL, whatever stands before, or by its bare name', async () => {
  const door = await DoorUnderTest.open();
  await door.queue('q');
  for (const url of [
    'https://sqs.eu-west-1.amazonaws.com/000000000000/q',
    'http://h/000000000000/q/',
    '/000000000000/q',
    'http://h/queue/q',
    'q',
  ]) {
    await door.done('PurgeQueue', { QueueUrl: url });
  }
  for (const url of ['http://h/111111111111/q', 'http://h/000000000000/a b', 'nonsense']) {
    assert.match(await door.refused('PurgeQueue', { QueueUrl: url }), /NonExistentQueue/);
  }
  for (const url of ['http://h/000000000000/q//', 'http://h/q', 'http://h/', 'a b', '/', '//']) {
    assert.equal(
      await door.refused('PurgeQueue', { QueueUrl: url }),
      `InvalidAddress: The address ${url} is not valid for this endpoint.`,
    );
  }
  assert.equal(
    await door.refused('PurgeQueue', {}),
    'MissingParameter: The request must contain the parameter QueueUrl.',
  );
});

test('internal queues cannot be reached by any name', async () => {
  const door = await DoorUnderTest.open();
  const { account, region } = door.caller;
  await door.broker.create({ account, region, name: 'inbox:f' }, {}, {});
  assert.match(
    await door.refused('PurgeQueue', { QueueUrl: `http://h/${account}/inbox:f` }),
    /NonExistentQueue/,
  );
  assert.match(await door.refused('GetQueueUrl', { QueueName: 'inbox:f' }), /NonExistentQueue/);
});

test('code in an environment reaches its own account alone', async () => {
  const door = await DoorUnderTest.open();
  await door.queue('q');
  door.caller = { ...door.caller, account: '111111111111', environmentId: 'e' as never };
  assert.match(
    await door.refused('ReceiveMessage', { QueueUrl: 'http://h/000000000000/q' }),
    /^AccessDenied: /,
  );
  assert.match(
    await door.refused('GetQueueUrl', { QueueName: 'q', QueueOwnerAWSAccountId: '000000000000' }),
    /^AccessDenied: /,
  );
});

test('the door takes requests by their target, and JSON without one only at the root', async () => {
  const { door } = await DoorUnderTest.open();
  const json = { 'content-type': 'application/x-amz-json-1.0' };
  const matches = (path: string, headers: Readonly<Record<string, string>>) =>
    door.matches({ requestId: 'r' as never, method: 'POST', path, query: '', headers });
  assert.equal(matches('/any', { 'x-amz-target': 'AmazonSQS.SendMessage' }), true);
  assert.equal(matches('/', json), true);
  assert.equal(matches('/2015-03-31/functions/f/invocations', json), false);
  assert.equal(matches('/', { ...json, 'x-amz-target': 'DynamoDB_20120810.GetItem' }), false);
  const form = 'application/x-www-form-urlencoded;charset=utf-8';
  assert.equal(
    matches('/', { 'content-type': form, 'x-amz-target': 'AmazonSQSv20121105.SendMessage' }),
    false,
  );
});
