import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

test('unless they are asked for, purging and creating again need no wait', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  await door.done('PurgeQueue', { QueueUrl });
  await door.done('PurgeQueue', { QueueUrl });
  await door.done('DeleteQueue', { QueueUrl });
  await door.queue();
});

test('with the waits of AWS a queue is purged once in 60 seconds', async () => {
  const door = await DoorUnderTest.open({ imposesWaits: true });
  const QueueUrl = await door.queue();
  await door.done('PurgeQueue', { QueueUrl });
  door.clock.advance(59_999);
  const refused = await door.call('PurgeQueue', { QueueUrl });
  assert.equal(refused.status, 403);
  assert.equal(refused.headers['x-amzn-query-error'], 'AWS.SimpleQueueService.PurgeQueueInProgress;Sender');
  assert.deepEqual(refused.output, {
    __type: 'com.amazonaws.sqs#PurgeQueueInProgress',
    message: 'Only one PurgeQueue operation on q is allowed every 60 seconds.',
  });
  await door.done('PurgeQueue', { QueueUrl: await door.queue('other') });
  door.clock.advance(1);
  await door.done('PurgeQueue', { QueueUrl });
});

test('with the waits of AWS the name of a deleted queue is free after 60 seconds', async () => {
  const door = await DoorUnderTest.open({ imposesWaits: true });
  const QueueUrl = await door.queue();
  await door.done('DeleteQueue', { QueueUrl });
  door.clock.advance(59_999);
  assert.equal(
    await door.refused('CreateQueue', { QueueName: 'q' }),
    'AWS.SimpleQueueService.QueueDeletedRecently: ' +
      'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  );
  await door.queue('other');
  door.clock.advance(1);
  await door.queue();
});

test('a purge that failed imposes no wait', async () => {
  const door = await DoorUnderTest.open({ imposesWaits: true });
  const QueueUrl = 'http://localhost:4566/000000000000/q';
  assert.match(await door.refused('PurgeQueue', { QueueUrl }), /NonExistentQueue/);
  await door.queue();
  await door.done('PurgeQueue', { QueueUrl });
});
