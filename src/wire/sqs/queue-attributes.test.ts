import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

type Attributes = Readonly<Record<string, string>>;

async function attributesOf(door: DoorUnderTest, QueueUrl: string, names = ['All']): Promise<Attributes> {
  const { Attributes } = await door.done('GetQueueAttributes', { QueueUrl, AttributeNames: names });
  return (Attributes ?? {}) as Attributes;
}

test('a new standard queue has exactly these twelve attributes', async () => {
  const door = await DoorUnderTest.open();
  assert.deepEqual(await attributesOf(door, await door.queue('q')), {
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    CreatedTimestamp: '1700000000',
    LastModifiedTimestamp: '1700000000',
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:q',
    VisibilityTimeout: '30',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
  });
});

test('attributes are answered only by name, and not at all when none are asked for', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  assert.deepEqual(await attributesOf(door, QueueUrl, ['DelaySeconds']), { DelaySeconds: '0' });
  assert.deepEqual(await door.done('GetQueueAttributes', { QueueUrl }), {});
  assert.deepEqual(await door.done('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] }), {});
  for (const AttributeNames of [['Size'], ['All', 'Size']]) {
    assert.equal(
      await door.refused('GetQueueAttributes', { QueueUrl, AttributeNames }),
      'InvalidAttributeName: Unknown Attribute Size.',
    );
  }
});

test('what is set is answered', async () => {
  const door = await DoorUnderTest.open();
  await door.queue('dead');
  const QueueUrl = await door.queue('q');
  const set = {
    VisibilityTimeout: '43200',
    MaximumMessageSize: '1024',
    MessageRetentionPeriod: '60',
    DelaySeconds: '900',
    ReceiveMessageWaitTimeSeconds: '20',
    Policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}',
    RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":3}',
    RedriveAllowPolicy:
      '{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:other"]}',
  };
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: set });
  assert.deepEqual(await attributesOf(door, QueueUrl, Object.keys(set)), set);
});

test('an empty text removes a policy', async () => {
  const door = await DoorUnderTest.open();
  await door.queue('d');
  const RedrivePolicy =
    '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:d","maxReceiveCount":"5"}';
  const QueueUrl = await door.queue('q', {
    RedrivePolicy,
    Policy: '{"Statement":{"Effect":"Deny"}}',
    KmsMasterKeyId: 'k',
  });
  const removed = { RedrivePolicy: '', Policy: '', KmsMasterKeyId: '', RedriveAllowPolicy: '' };
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: removed });
  assert.deepEqual(await attributesOf(door, QueueUrl, Object.keys(removed)), {});
});

test('a key of KMS turns the managed encryption off, and both at once are refused', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue('q', { KmsMasterKeyId: 'alias/aws/sqs' });
  const all = await attributesOf(door, QueueUrl);
  assert.equal(all['SqsManagedSseEnabled'], 'false');
  assert.equal(all['KmsDataKeyReusePeriodSeconds'], '300');
  const both = { KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'true' };
  assert.match(
    await door.refused('SetQueueAttributes', { QueueUrl, Attributes: both }),
    /one type of server-side/,
  );
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: { SqsManagedSseEnabled: 'true' } });
  const back = await attributesOf(door, QueueUrl);
  assert.deepEqual([back['SqsManagedSseEnabled'], back['KmsMasterKeyId']], ['true', undefined]);
});

test('a policy is a JSON object within the limits of actions, statements, principals and bytes', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  const set = (Policy: string) => ({ QueueUrl, Attributes: { Policy } });
  const deny = '"Statement":[{"Effect":"Deny"}]';
  for (const text of [
    ...[
      '[]',
      '1',
      'null',
      '"x"',
      '{}',
      '{"Statement":[]}',
      '{"Statement":[1]}',
      '{"Statement":{"Effect":"No"}}',
    ],
    ...[`{${deny},"Version":"2020-01-01"}`, `{${deny},"More":1}`],
  ]) {
    assert.match(await door.refused('SetQueueAttributes', set(text)), /^InvalidAttributeValue: /);
  }
  const policy = (count: number) =>
    JSON.stringify({ Statement: { Effect: 'Allow', Action: Array(count).fill('SQS:SendMessage') } });
  await door.done('SetQueueAttributes', set(policy(7)));
  assert.equal(
    await door.refused('SetQueueAttributes', set(policy(8))),
    'OverLimit: 8 actions were found in a statement from the submitted policy, max allowed is 7',
  );
  const statements = (count: number, more: object = {}) =>
    JSON.stringify({ Statement: Array(count).fill({ Effect: 'Allow', Action: 'SQS:*', ...more }) });
  await door.done('SetQueueAttributes', set(statements(20, { Principal: '*' })));
  assert.equal(
    await door.refused('SetQueueAttributes', set(statements(21))),
    'OverLimit: 21 statements were found in the submitted policy, max allowed is 20',
  );
  const Principal = { AWS: Array(17).fill('arn:aws:iam::111111111111:root') };
  await door.done('SetQueueAttributes', set(statements(2, { Principal })));
  assert.equal(
    await door.refused('SetQueueAttributes', set(statements(3, { Principal }))),
    'OverLimit: 51 principals were found in the submitted policy, max allowed is 50',
  );
  assert.equal(
    await door.refused(
      'SetQueueAttributes',
      set(JSON.stringify({ Id: 'x'.repeat(8192), Statement: { Effect: 'Deny' } })),
    ),
    'OverLimit: Submitted policy is over max allowed size.',
  );
});

test('values out of their range are refused by name', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  const wrong: [string, string][] = [
    ['VisibilityTimeout', '43201'],
    ['VisibilityTimeout', '-1'],
    ['VisibilityTimeout', ''],
    ['VisibilityTimeout', '1e3'],
    ['MaximumMessageSize', '1023'],
    ['MaximumMessageSize', '1048577'],
    ['MessageRetentionPeriod', '59'],
    ['MessageRetentionPeriod', '1209601'],
    ['DelaySeconds', '901'],
    ['ReceiveMessageWaitTimeSeconds', '21'],
    ['KmsDataKeyReusePeriodSeconds', '59'],
    ['SqsManagedSseEnabled', 'yes'],
    ['Policy', '{'],
  ];
  for (const [name, value] of wrong) {
    assert.equal(
      await door.refused('SetQueueAttributes', { QueueUrl, Attributes: { [name]: value } }),
      `InvalidAttributeValue: Invalid value for the parameter ${name}.`,
    );
  }
});

test('attributes that cannot be set are unknown to a setter', async () => {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  for (const name of ['QueueArn', 'ContentBasedDeduplication', 'FifoQueue', 'constructor', '__proto__', '']) {
    const Attributes = JSON.parse(`{${JSON.stringify(name)}: "1"}`) as unknown;
    assert.equal(
      await door.refused('SetQueueAttributes', { QueueUrl, Attributes }),
      `InvalidAttributeName: Unknown Attribute ${name}.`,
    );
  }
});

test('a redrive policy must be whole and right', async () => {
  const door = await DoorUnderTest.open();
  const arn = 'arn:aws:sqs:us-east-1:000000000000:d';
  const wrong: [unknown, RegExp][] = [
    [{}, /does not contain mandatory attribute: maxReceiveCount\./],
    [{ maxReceiveCount: 3 }, /does not contain mandatory attribute: deadLetterTargetArn\./],
    [{ deadLetterTargetArn: arn }, /does not contain mandatory attribute: maxReceiveCount\./],
    [
      { deadLetterTargetArn: arn, maxReceiveCount: 0 },
      /Invalid value for maxReceiveCount: 0, valid values are/,
    ],
    [{ deadLetterTargetArn: arn, maxReceiveCount: 1001 }, /maxReceiveCount: 1001/],
    [{ deadLetterTargetArn: arn, maxReceiveCount: true }, /maxReceiveCount: true/],
    [
      { deadLetterTargetArn: 7, maxReceiveCount: 3 },
      /Dead-letter target ARN should be fully qualified ARN\./,
    ],
    [
      { deadLetterTargetArn: arn, maxReceiveCount: 3, more: 1 },
      /Only following attributes are supported: \[maxReceiveCount, deadLetterTargetArn\]\./,
    ],
    [
      { deadLetterTargetArn: arn.replace('us-east-1', 'eu-west-1'), maxReceiveCount: 3 },
      /same account and region/,
    ],
  ];
  for (const [policy, expected] of wrong) {
    const RedrivePolicy = typeof policy === 'string' ? policy : JSON.stringify(policy);
    const text = await door.refused('CreateQueue', { QueueName: 'q', Attributes: { RedrivePolicy } });
    assert.match(text, /^InvalidParameterValue: Value .* for parameter RedrivePolicy is invalid/);
    assert.match(text, expected);
  }
  for (const RedrivePolicy of ['{', '[]']) {
    assert.equal(
      await door.refused('CreateQueue', { QueueName: 'q', Attributes: { RedrivePolicy } }),
      'InvalidAttributeValue: Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.',
    );
  }
});

test('a redrive allow policy names its permission, and queues only with byQueue', async () => {
  const door = await DoorUnderTest.open();
  const arns = (count: number) => Array.from({ length: count }, (_, at) => `arn:aws:sqs:us-east-1:1:q${at}`);
  const unreadable = [
    {},
    { redrivePermission: 'some' },
    { redrivePermission: 'byQueue', sourceQueueArns: ['q'] },
    { redrivePermission: 'allowAll', more: 1 },
  ];
  const refusal = async (policy: object): Promise<string> => {
    const Attributes = { RedriveAllowPolicy: JSON.stringify(policy) };
    const text = await door.refused('CreateQueue', { QueueName: 'q', Attributes });
    return text.replace(JSON.stringify(policy), 'IT');
  };
  for (const policy of unreadable) {
    assert.equal(
      await refusal(policy),
      'InvalidAttributeValue: Invalid value for the parameter RedriveAllowPolicy. ' +
        "Reason: Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format.",
    );
  }
  const wrong: [object, string][] = [
    [
      { redrivePermission: 'allowAll', sourceQueueArns: arns(1) },
      'To specify one or more source queue ARNs, you must set redrivePermission to byQueue.',
    ],
    [
      { redrivePermission: 'byQueue' },
      'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.',
    ],
    [
      { redrivePermission: 'byQueue', sourceQueueArns: arns(11) },
      'The maximum number of source queue ARNs you can specify is 10.',
    ],
  ];
  for (const [policy, reason] of wrong) {
    assert.equal(
      await refusal(policy),
      'InvalidParameterValue: Value IT for parameter RedriveAllowPolicy is invalid. ' +
        `Reason: Amazon SQS can't create the redrive allow policy. ${reason}`,
    );
  }
  await door.queue('q', { RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) });
});

test('a dead-letter queue must be there, and let the source use it', async () => {
  const door = await DoorUnderTest.open();
  const RedrivePolicy = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:d","maxReceiveCount":5}';
  const create = { QueueName: 'q', Attributes: { RedrivePolicy } };
  assert.equal(
    await door.refused('CreateQueue', create),
    `InvalidParameterValue: Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. ` +
      'Reason: Dead letter target does not exist.',
  );
  await door.queue('d', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
  assert.match(await door.refused('CreateQueue', create), /does not allow this source queue\.$/);
});
