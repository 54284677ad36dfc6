import { queueArn } from '../../message/queue-key.ts';
import type { Input } from '../input.ts';
import { orRefuse, refuse, type SqsAction } from './action.ts';
import { requiredText } from './members.ts';
import { QueuePolicy, refuseTooMany } from './queue-policy.ts';
import { queueOf } from './queue-url.ts';
import { settingsFailure } from './settings-failure.ts';

const LABEL = /^[A-Za-z0-9_-]{1,80}$/;

/** The actions that one account may be granted on the queue of another; `*` is all of them. */
const GRANTED: readonly string[] = [
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
];

/** AddPermission: `QueueUrl`, `Label`, `AWSAccountIds`, `Actions` → nothing. Becomes a statement of the queue's Policy. */
export const addPermission: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const label = readLabel(input);
  const principals = readAccounts(input).map((account) => `arn:aws:iam::${account}:root`);
  const actions = readActions(input).map((action) => `SQS:${action}`);
  const arn = queueArn(queue);
  const { settings } = orRefuse(context.broker.describe(queue));
  const policy = QueuePolicy.read(settings.policy, arn);
  if (policy.has(label)) {
    refuse({ kind: 'invalid-value', value: label, parameter: 'Label', reason: 'Already exists.' });
  }
  const changed = policy.with({
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrList(principals) },
    Action: oneOrList(actions),
    Resource: arn,
  });
  // No other request comes between the look and this change: both are in one turn.
  const done = await context.broker.change(queue, { policy: changed.write() });
  if (!done.ok) refuse(settingsFailure(done.failure, {}));
  return undefined;
};

/** The label of a permission: 1 to 80 letters, digits, hyphens and underscores. */
export function readLabel(input: Input): string {
  const label = requiredText(input, 'Label');
  if (LABEL.test(label)) return label;
  return refuse({
    kind: 'invalid-value',
    value: label,
    parameter: 'Label',
    reason: 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
  });
}

function readAccounts(input: Input): readonly string[] {
  const accounts = requiredList(input, 'AWSAccountIds');
  const wrong = accounts.find((account) => !/^\d{12}$/.test(account));
  if (wrong === undefined) return accounts;
  const reason = 'Unable to verify principal.';
  return refuse({ kind: 'invalid-value', value: `[${wrong}]`, parameter: 'PrincipalId', reason });
}

function readActions(input: Input): readonly string[] {
  const actions = requiredList(input, 'Actions');
  refuseTooMany(actions.length);
  const wrong = actions.find((action) => !GRANTED.includes(action));
  if (wrong === undefined) return actions;
  const reason = 'Please refer to the appropriate WSDL for a list of valid actions.';
  return refuse({ kind: 'invalid-value', value: `SQS:${wrong}`, parameter: 'ActionName', reason });
}

function requiredList(input: Input, name: string): readonly string[] {
  const list = input.textList(name) ?? [];
  return list.length > 0 ? list : refuse({ kind: 'missing-parameter', name });
}

function oneOrList(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? '') : values;
}
