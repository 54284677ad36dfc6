import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

const url = (name: string) => `http://localhost:4566/000000000000/${name}`;

test('queues are listed by name, by prefix, and the list is left out when it is empty', async () => {
  const door = await DoorUnderTest.open();
  for (const name of ['b1', 'a', 'b2']) await door.queue(name);
  assert.deepEqual(await door.done('ListQueues'), { QueueUrls: ['a', 'b1', 'b2'].map(url) });
  assert.deepEqual(await door.done('ListQueues', { QueueNamePrefix: 'b' }), {
    QueueUrls: ['b1', 'b2'].map(url),
  });
  assert.deepEqual(await door.done('ListQueues', { QueueNamePrefix: 'x' }), {});
});

test('a list in pages shows every queue once', async () => {
  const door = await DoorUnderTest.open();
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await door.queue(name);
  const seen: unknown[] = [];
  let NextToken: unknown;
  do {
    const page = await door.done('ListQueues', { MaxResults: 2, NextToken });
    seen.push(...(page['QueueUrls'] as unknown[]));
    NextToken = page['NextToken'];
  } while (NextToken !== undefined);
  assert.deepEqual(seen, names.map(url));
});

test('a page has 1 to 1000 queues, and its token is one that was given out', async () => {
  const door = await DoorUnderTest.open();
  for (const MaxResults of [0, 1001]) {
    assert.equal(
      await door.refused('ListQueues', { MaxResults }),
      'InvalidParameterValue: Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and 1000.',
    );
  }
  assert.match(
    await door.refused('ListQueues', { NextToken: 'guess' }),
    /^InvalidParameterValue: Invalid or expired/,
  );
});

test('a queue’s URL is told by its name', async () => {
  const door = await DoorUnderTest.open();
  await door.queue('q');
  assert.deepEqual(await door.done('GetQueueUrl', { QueueName: 'q' }), { QueueUrl: url('q') });
  assert.match(await door.refused('GetQueueUrl', { QueueName: 'none' }), /NonExistentQueue/);
  const foreign = { QueueName: 'q', QueueOwnerAWSAccountId: '111111111111' };
  assert.match(await door.refused('GetQueueUrl', foreign), /NonExistentQueue/);
});

test('the queues of a dead-letter queue are those that name it', async () => {
  const door = await DoorUnderTest.open();
  const target = await door.queue('dead');
  const RedrivePolicy =
    '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}';
  await door.queue('source', { RedrivePolicy });
  await door.queue('other');
  assert.deepEqual(await door.done('ListDeadLetterSourceQueues', { QueueUrl: target }), {
    queueUrls: [url('source')],
  });
  assert.deepEqual(await door.done('ListDeadLetterSourceQueues', { QueueUrl: url('other') }), {
    queueUrls: [],
  });
});

test('tags are set, replaced and taken away', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  assert.deepEqual(await door.done('ListQueueTags', { QueueUrl }), {});
  await door.done('TagQueue', { QueueUrl, Tags: { a: '1', b: '2' } });
  await door.done('TagQueue', { QueueUrl, Tags: { b: '3', __proto__: null } });
  await door.done('UntagQueue', { QueueUrl, TagKeys: ['a', 'none'] });
  assert.deepEqual(await door.done('ListQueueTags', { QueueUrl }), { Tags: { b: '3' } });
});

test('tags beyond their limits are refused', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  const tag = (Tags: object) => door.refused('TagQueue', { QueueUrl, Tags });
  assert.match(await tag({ ['x'.repeat(129)]: '' }), /Tag keys must be between 1 and 128/);
  assert.match(await tag({ a: 'x'.repeat(257) }), /Tag values must be between 0 and 256/);
  assert.match(await tag({ 'AWS:a': '' }), /reserved/);
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, '']));
  await door.done('TagQueue', { QueueUrl, Tags: many });
  assert.match(await tag({ one: 'more' }), /^InvalidParameterValue: Too many tags added for queue q\.$/);
  assert.match(await door.refused('UntagQueue', { QueueUrl }), /^MissingParameter: .*TagKeys\.$/);
});
