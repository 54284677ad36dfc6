import { queueArn } from '../../message/queue-key.ts';
import { orRefuse, refuse, type SqsAction } from './action.ts';
import { readLabel } from './add-permission.ts';
import { QueuePolicy } from './queue-policy.ts';
import { queueOf } from './queue-url.ts';
import { settingsFailure } from './settings-failure.ts';

/** RemovePermission: `QueueUrl`, `Label` → nothing. Takes the statement of this label out of the queue's Policy. */
export const removePermission: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const label = readLabel(input);
  const { settings } = orRefuse(context.broker.describe(queue));
  const policy = QueuePolicy.read(settings.policy, queueArn(queue));
  if (!policy.has(label)) {
    refuse({ kind: 'invalid-value', value: label, parameter: 'Label', reason: "can't find label." });
  }
  const done = await context.broker.change(queue, { policy: policy.without(label).write() });
  if (!done.ok) refuse(settingsFailure(done.failure, {}));
  return undefined;
};
