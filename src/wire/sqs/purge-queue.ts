import { orRefuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';

/** PurgeQueue: `QueueUrl` → nothing. Messages in flight and delayed ones go too. */
export const purgeQueue: SqsAction = async (input, context) => {
  orRefuse(await context.broker.purge(queueOf(input, context)));
  return undefined;
};
