import { queueKeyText } from '../../message/queue-key.ts';
import { orRefuse, type SqsAction } from './action.ts';
import { pageOf } from './paging.ts';
import { queueOf, queueUrl } from './queue-url.ts';

/** ListDeadLetterSourceQueues: `QueueUrl`, `MaxResults`, `NextToken` → `queueUrls`, `NextToken`. */
export const listDeadLetterSourceQueues: SqsAction = async (input, context) => {
  const target = queueOf(input, context);
  orRefuse(context.broker.describe(target));
  const sources = context.broker.list(target.account, target.region).filter((queue) => {
    const described = context.broker.describe(queue);
    const redrive = described.ok ? described.value.settings.redrive : undefined;
    return redrive !== undefined && queueKeyText(redrive.deadLetterQueue) === queueKeyText(target);
  });
  const { queues, nextToken } = pageOf(input, sources);
  return { queueUrls: queues.map((queue) => queueUrl(context, queue)), NextToken: nextToken };
};
