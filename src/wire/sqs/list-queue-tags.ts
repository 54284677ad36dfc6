import { orRefuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';

/** ListQueueTags: `QueueUrl` → `Tags`, left out when there are none. */
export const listQueueTags: SqsAction = async (input, context) => {
  const { tags } = orRefuse(context.broker.describe(queueOf(input, context)));
  return { Tags: Object.keys(tags).length > 0 ? tags : undefined };
};
