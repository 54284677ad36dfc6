import { orRefuse, refuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';

/** PurgeQueue: `QueueUrl` → nothing. Messages in flight and delayed ones go too. */
export const purgeQueue: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  if (context.waits?.mayPurge(queue) === false) refuse({ kind: 'purge-in-progress', queueName: queue.name });
  orRefuse(await context.broker.purge(queue));
  context.waits?.purged(queue);
  return undefined;
};
