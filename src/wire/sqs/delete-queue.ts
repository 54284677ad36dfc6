import { orRefuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';

/** DeleteQueue: `QueueUrl` → nothing. The queue is gone at once. */
export const deleteQueue: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  orRefuse(await context.broker.delete(queue));
  context.waits?.deleted(queue);
  return undefined;
};
