import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

test('a queue is answered by its URL under the host that the client used', async () => {
  assert.equal(
    await (await DoorUnderTest.open()).queue('clicks'),
    'http://localhost:4566/000000000000/clicks',
  );
});

test('creating again with the same attributes is a success, with a different one it is refused by name', async () => {
  const door = await DoorUnderTest.open();
  const first = await door.queue('q', { VisibilityTimeout: '5' });
  assert.equal(await door.queue('q', { VisibilityTimeout: '5' }), first);
  assert.equal(await door.queue('q'), first);
  assert.equal(
    await door.refused('CreateQueue', { QueueName: 'q', Attributes: { VisibilityTimeout: '6' } }),
    'QueueAlreadyExists: A queue already exists with the same name and a different value for attribute VisibilityTimeout',
  );
});

test('a name has 1 to 80 letters, digits, hyphens and underscores', async () => {
  const door = await DoorUnderTest.open();
  await door.queue('A-z_0'.padEnd(80, 'x'));
  assert.match(await door.refused('CreateQueue', { QueueName: '' }), /^MissingParameter: .*QueueName\.$/);
  for (const QueueName of ['x'.repeat(81), 'a b', 'a/b', 'a:b', 'ä', 'a.b']) {
    assert.match(
      await door.refused('CreateQueue', { QueueName }),
      /^InvalidParameterValue: Can only include/,
    );
  }
});

test('a FIFO queue is one by its name and its attribute: one without the other is refused', async () => {
  const door = await DoorUnderTest.open();
  const Attributes = { FifoQueue: 'true' };
  assert.match(
    await door.refused('CreateQueue', { QueueName: 'q', Attributes }),
    /^InvalidParameterValue: The name of a FIFO queue can only include .* must end with \.fifo suffix/,
  );
  assert.match(
    await door.refused('CreateQueue', { QueueName: `${'x'.repeat(76)}.fifo`, Attributes }),
    /^InvalidParameterValue: The name of a FIFO queue/,
  );
  assert.match(
    await door.refused('CreateQueue', { QueueName: 'q.fifo' }),
    /^InvalidParameterValue: Can only include/,
  );
  assert.equal(
    await door.refused('CreateQueue', { QueueName: 'q', Attributes: { FifoQueue: 'false' } }),
    'InvalidAttributeName: Unknown Attribute FifoQueue.',
  );
});

test('tags given at creation are the queue’s tags', async () => {
  const door = await DoorUnderTest.open();
  const { QueueUrl } = await door.done('CreateQueue', { QueueName: 'q', tags: { team: 'ads' } });
  assert.deepEqual(await door.done('ListQueueTags', { QueueUrl }), { Tags: { team: 'ads' } });
});
