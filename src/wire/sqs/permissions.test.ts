import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:q';

async function withQueue(attributes: Readonly<Record<string, string>> = {}) {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue('q', attributes);
  const add = (
    Label: string,
    AWSAccountIds: unknown = ['111111111111'],
    Actions: unknown = ['SendMessage'],
  ) => ({
    ...{ QueueUrl, Label, AWSAccountIds, Actions },
  });
  const policy = async (): Promise<unknown> => {
    const { Attributes } = await door.done('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] });
    const { Policy } = (Attributes ?? {}) as Record<string, string>;
    return Policy === undefined ? undefined : JSON.parse(Policy);
  };
  return { door, QueueUrl, add, policy };
}

test('a permission is a statement of the policy, under its label; the first begins the policy that AWS calls the default one', async () => {
  const { door, add, policy } = await withQueue();
  await door.done('AddPermission', add('one'));
  await door.done('AddPermission', add('two', ['111111111111', '222222222222'], ['*', 'ReceiveMessage']));
  assert.deepEqual(await policy(), {
    Version: '2008-10-17',
    Id: `${ARN}/SQSDefaultPolicy`,
    Statement: [
      {
        Sid: 'one',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: 'SQS:SendMessage',
        Resource: ARN,
      },
      {
        Sid: 'two',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] },
        Action: ['SQS:*', 'SQS:ReceiveMessage'],
        Resource: ARN,
      },
    ],
  });
});

test('a permission is taken away by its label; with the last the policy goes', async () => {
  const { door, QueueUrl, add, policy } = await withQueue();
  await door.done('AddPermission', add('one'));
  await door.done('AddPermission', add('two'));
  await door.done('RemovePermission', { QueueUrl, Label: 'one' });
  const { Statement } = (await policy()) as { Statement: { Sid: string }[] };
  assert.deepEqual(
    Statement.map(({ Sid }) => Sid),
    ['two'],
  );
  await door.done('RemovePermission', { QueueUrl, Label: 'two' });
  assert.equal(await policy(), undefined);
});

test('a permission joins a policy of one’s own, which keeps what it says', async () => {
  const own = { Version: '2012-10-17', Id: 'mine', Statement: { Sid: 's', Effect: 'Deny', Principal: '*' } };
  const { door, QueueUrl, add, policy } = await withQueue({ Policy: JSON.stringify(own) });
  await door.done('AddPermission', add('one'));
  const written = (await policy()) as { Id: string; Version: string; Statement: { Sid: string }[] };
  assert.deepEqual([written.Version, written.Id], ['2012-10-17', 'mine']);
  assert.deepEqual(
    written.Statement.map(({ Sid }) => Sid),
    ['s', 'one'],
  );
  await door.done('RemovePermission', { QueueUrl, Label: 'one' });
  assert.deepEqual(await policy(), { ...own, Statement: [own.Statement] });
});

test('a label is there once or not at all, and is well-formed', async () => {
  const { door, QueueUrl, add } = await withQueue();
  await door.done('AddPermission', add('one'));
  assert.equal(
    await door.refused('AddPermission', add('one')),
    'InvalidParameterValue: Value one for parameter Label is invalid. Reason: Already exists.',
  );
  assert.equal(
    await door.refused('RemovePermission', { QueueUrl, Label: 'two' }),
    "InvalidParameterValue: Value two for parameter Label is invalid. Reason: can't find label.",
  );
  for (const label of ['a b', 'x'.repeat(81)]) {
    assert.match(await door.refused('AddPermission', add(label)), /for parameter Label is invalid/);
  }
  const missing = 'MissingParameter: The request must contain the parameter';
  assert.equal(await door.refused('RemovePermission', { QueueUrl }), `${missing} Label.`);
  assert.equal(await door.refused('AddPermission', add('l', [])), `${missing} AWSAccountIds.`);
  assert.equal(await door.refused('AddPermission', add('l', undefined, null)), `${missing} Actions.`);
});

test('a queue has at most twenty permissions, and fifty accounts in them', async () => {
  const { door, QueueUrl, add } = await withQueue();
  const many = Array<string>(50).fill('111111111111');
  await door.done('AddPermission', add('many', many));
  assert.equal(
    await door.refused('AddPermission', add('more')),
    'OverLimit: 51 Principals were found, maximum allowed is 50.',
  );
  await door.done('RemovePermission', { QueueUrl, Label: 'many' });
  for (let index = 1; index <= 20; index += 1) await door.done('AddPermission', add(`l${index}`));
  assert.equal(
    await door.refused('AddPermission', add('l21')),
    'OverLimit: 21 Statements were found, maximum allowed is 20.',
  );
});

test('accounts and actions are checked', async () => {
  const { door, add } = await withQueue();
  assert.equal(
    await door.refused('AddPermission', add('l', ['111'])),
    'InvalidParameterValue: Value [111] for parameter PrincipalId is invalid. Reason: Unable to verify principal.',
  );
  assert.equal(
    await door.refused('AddPermission', add('l', ['111111111111'], ['Explode'])),
    'InvalidParameterValue: Value SQS:Explode for parameter ActionName is invalid. ' +
      'Reason: Please refer to the appropriate WSDL for a list of valid actions.',
  );
  assert.equal(
    await door.refused('AddPermission', add('l', ['111111111111'], Array(8).fill('SendMessage'))),
    'OverLimit: 8 Actions were found, maximum allowed is 7.',
  );
});
