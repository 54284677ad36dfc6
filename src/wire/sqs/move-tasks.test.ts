import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DoorUnderTest } from './fixture/door-under-test.ts';
import { QueryClient } from './fixture/query-client.ts';

const DEAD = 'arn:aws:sqs:us-east-1:000000000000:dead';
const TO = 'arn:aws:sqs:us-east-1:000000000000:to';

/** A dead-letter queue with messages, and a queue that names it. */
async function withDeadLetters(count = 2, door?: DoorUnderTest): Promise<DoorUnderTest> {
  const opened = door ?? (await DoorUnderTest.open());
  const QueueUrl = await opened.queue('dead');
  await opened.queue('to');
  await opened.queue('q', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DEAD, maxReceiveCount: 1 }),
  });
  for (let n = 0; n < count; n += 1) await opened.done('SendMessage', { QueueUrl, MessageBody: `${n}` });
  return opened;
}

async function list(door: DoorUnderTest, MaxResults?: number): Promise<Record<string, unknown>[]> {
  const { Results } = await door.done('ListMessageMoveTasks', { SourceArn: DEAD, MaxResults });
  return Results as Record<string, unknown>[];
}

async function untilOver(door: DoorUnderTest): Promise<Record<string, unknown>> {
  for (;;) {
    const [task] = await list(door);
    if (task?.['Status'] !== 'RUNNING' && task?.['Status'] !== 'CANCELLING') return task ?? {};
    door.clock.advance(1000);
    await nextTurn();
  }
}

test('a task is started, listed while it runs and when it is done', async () => {
  const door = await withDeadLetters();
  const order = { SourceArn: DEAD, DestinationArn: TO, MaxNumberOfMessagesPerSecond: 1 };
  const { TaskHandle } = await door.done('StartMessageMoveTask', order);
  const begun = { ...order, ApproximateNumberOfMessagesToMove: 2, StartedTimestamp: 1_700_000_000_000 };
  const [running] = await list(door);
  assert.deepEqual(
    { ...running, ApproximateNumberOfMessagesMoved: 0 },
    {
      ...begun,
      TaskHandle,
      Status: 'RUNNING',
      ApproximateNumberOfMessagesMoved: 0,
    },
  );
  assert.deepEqual(await untilOver(door), {
    ...begun,
    Status: 'COMPLETED',
    ApproximateNumberOfMessagesMoved: 2,
  });
  const { TaskHandle: second } = await door.done('StartMessageMoveTask', { SourceArn: DEAD });
  assert.notEqual(second, TaskHandle);
  assert.equal((await list(door)).length, 1);
  assert.equal((await list(door, 10)).length, 2);
});

test('a task is cancelled by its handle, once', async () => {
  const door = await withDeadLetters();
  const order = { SourceArn: DEAD, DestinationArn: TO, MaxNumberOfMessagesPerSecond: 1 };
  const { TaskHandle } = await door.done('StartMessageMoveTask', order);
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  assert.deepEqual(await door.done('CancelMessageMoveTask', { TaskHandle }), {
    ApproximateNumberOfMessagesMoved: 1,
  });
  const over = await untilOver(door);
  assert.deepEqual([over['Status'], over['TaskHandle']], ['CANCELLED', undefined]);
  assert.match(await door.refused('CancelMessageMoveTask', { TaskHandle }), /UnsupportedOperation: /);
});

test('a task that fails says why', async () => {
  const door = await withDeadLetters();
  await door.done('StartMessageMoveTask', { SourceArn: DEAD });
  const { Status, FailureReason } = await untilOver(door);
  assert.deepEqual([Status, FailureReason], ['FAILED', 'CouldNotDetermineMessageSource']);
});

test('what cannot be moved is refused with the texts of AWS', async () => {
  const door = await withDeadLetters();
  const start = (members: object) => door.refused('StartMessageMoveTask', { SourceArn: DEAD, ...members });
  const noResource = (name: string) =>
    `ResourceNotFoundException: The resource that you specified for the ${name} parameter doesn't exist.`;
  assert.equal(
    await start({ SourceArn: null }),
    'MissingParameter: The request must contain the parameter SourceArn.',
  );
  const noArn = (name: string) =>
    `InvalidParameterValue: You must use this format to specify the ${name}: ` +
    'arn:<partition>:<service>:<region>:<account-id>:<resource-id>';
  const wrong: [string, (name: string) => string][] = [
    ['x', noArn],
    [`${DEAD}:x`, noArn],
    [`${DEAD}x`, noResource],
    [DEAD.replace('us-east-1', 'eu-west-1'), noResource],
  ];
  for (const [arn, refusal] of wrong) {
    assert.equal(await start({ SourceArn: arn }), refusal('SourceArn'));
    assert.equal(await start({ DestinationArn: arn }), refusal('DestinationArn'));
    assert.equal(await door.refused('ListMessageMoveTasks', { SourceArn: arn }), refusal('SourceArn'));
  }
  const called = await door.call('StartMessageMoveTask', { SourceArn: `${DEAD}x` });
  assert.equal(called.status, 404);
  assert.equal(
    await start({ SourceArn: TO }),
    'InvalidParameterValue: Source queue must be configured as a Dead Letter Queue.',
  );
  assert.match(await start({ DestinationArn: DEAD }), /^InvalidParameterValue: .* cannot be the same\.$/);
  for (const rate of [0, 501]) {
    assert.match(
      await start({ MaxNumberOfMessagesPerSecond: rate }),
      /^InvalidParameterValue: Value \d+ for parameter MaxNumberOfMessagesPerSecond is invalid/,
    );
  }
  await door.done('StartMessageMoveTask', {
    SourceArn: DEAD,
    MaxNumberOfMessagesPerSecond: 1,
    DestinationArn: TO,
  });
  assert.equal(
    await start({}),
    'InvalidParameterValue: There is already a task running. ' +
      'Only one active task is allowed for a source queue arn at a given time.',
  );
});

test('a handle that is none is refused, and one of a task that is not there', async () => {
  const door = await withDeadLetters();
  const cancel = (value: unknown) =>
    door.refused('CancelMessageMoveTask', {
      TaskHandle: Buffer.from(JSON.stringify(value)).toString('base64'),
    });
  for (const value of [
    null,
    1,
    {},
    { taskId: 't' },
    { taskId: 1, sourceArn: DEAD },
    { taskId: 't', sourceArn: 'x' },
  ]) {
    assert.equal(await cancel(value), 'InvalidParameterValue: Value for parameter TaskHandle is invalid.');
  }
  assert.equal(
    await cancel({ taskId: 't', sourceArn: DEAD }),
    'ResourceNotFoundException: Task does not exist.',
  );
});

test('the Query protocol spells tasks as entries', async () => {
  const client = await QueryClient.open();
  await withDeadLetters(0, client.json);
  const started = await client.call('StartMessageMoveTask', { SourceArn: DEAD, DestinationArn: TO });
  assert.match(
    started,
    /^<StartMessageMoveTaskResult><TaskHandle>[\w=]+<\/TaskHandle><\/StartMessageMoveTaskResult>$/,
  );
  const listed = await client.call('ListMessageMoveTasks', { SourceArn: DEAD });
  assert.match(
    listed,
    /^<ListMessageMoveTasksResult><ListMessageMoveTasksResultEntry>.*<Status>[A-Z]+<\/Status>/,
  );
});
