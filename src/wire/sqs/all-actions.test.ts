import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SQS_ACTION_NAMES } from './actions.ts';
import { DoorUnderTest } from './fixture/door-under-test.ts';
import { QueryClient } from './fixture/query-client.ts';

/** The actions of AWS's service model. */
const ACTIONS = [
  ...['AddPermission', 'CancelMessageMoveTask', 'ChangeMessageVisibility', 'ChangeMessageVisibilityBatch'],
  ...['CreateQueue', 'DeleteMessage', 'DeleteMessageBatch', 'DeleteQueue', 'GetQueueAttributes'],
  ...['GetQueueUrl', 'ListDeadLetterSourceQueues', 'ListMessageMoveTasks', 'ListQueues', 'ListQueueTags'],
  ...['PurgeQueue', 'ReceiveMessage', 'RemovePermission', 'SendMessage', 'SendMessageBatch'],
  ...['SetQueueAttributes', 'StartMessageMoveTask', 'TagQueue', 'UntagQueue'],
];

/** Of each of them: what it lacks when nothing at all is given. */
const LACKED = /MissingParameter|EmptyBatchRequest/;

test('the actions are the 23 of AWS', () => {
  assert.deepEqual(SQS_ACTION_NAMES, ACTIONS);
});

test('each action is known to both protocols, and misses what it needs in the same words', async () => {
  const [json, query] = [await DoorUnderTest.open(), await QueryClient.open()];
  for (const action of ACTIONS.filter((name) => name !== 'ListQueues')) {
    const refused = await json.refused(action, {});
    assert.match(refused, LACKED, action);
    for (const method of ['POST', 'GET']) {
      assert.equal(await query.call(action, {}, { method }), refused, `${method} ${action}`);
    }
  }
  assert.deepEqual(await json.done('ListQueues'), {});
});

test('each action on a queue takes it from the path, by POST and by GET', async () => {
  const query = await QueryClient.open();
  const elsewhere = [
    ...['CreateQueue', 'GetQueueUrl', 'ListQueues'],
    ...['StartMessageMoveTask', 'ListMessageMoveTasks', 'CancelMessageMoveTask'],
  ];
  const onQueue = ACTIONS.filter((action) => !elsewhere.includes(action));
  assert.equal(onQueue.length, 17);
  for (const action of onQueue) {
    for (const method of ['POST', 'GET']) {
      await query.call('CreateQueue', { QueueName: 'there' });
      const answer = await query.call(action, {}, { method, path: '/000000000000/there' });
      assert.doesNotMatch(answer, /QueueUrl|NonExistentQueue|InvalidAction/, `${method} ${action}`);
    }
  }
});
