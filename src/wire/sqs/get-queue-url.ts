import { orRefuse, refuse, type SqsAction } from './action.ts';
import { requiredText } from './members.ts';
import { isQueueName, queueUrl, reachable } from './queue-url.ts';

/** GetQueueUrl: `QueueName`, `QueueOwnerAWSAccountId` → `QueueUrl`. */
export const getQueueUrl: SqsAction = async (input, context) => {
  const name = requiredText(input, 'QueueName');
  if (!isQueueName(name)) refuse({ kind: 'no-such-queue' });
  const account = input.text('QueueOwnerAWSAccountId') || context.caller.account;
  const queue = reachable(context.caller, { account, region: context.caller.region, name });
  const { key } = orRefuse(context.broker.describe(queue));
  return { QueueUrl: queueUrl(context, key) };
};
