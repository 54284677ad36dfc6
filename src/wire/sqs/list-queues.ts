import type { SqsAction } from './action.ts';
import { pageOf } from './paging.ts';
import { queueUrl } from './queue-url.ts';

/** ListQueues: `QueueNamePrefix`, `MaxResults`, `NextToken` → `QueueUrls`, left out when there are none, `NextToken`. */
export const listQueues: SqsAction = async (input, context) => {
  const { account, region } = context.caller;
  const all = context.broker.list(account, region, input.text('QueueNamePrefix') ?? '');
  const { queues, nextToken } = pageOf(input, all);
  const urls = queues.map((queue) => queueUrl(context, queue));
  return { QueueUrls: urls.length > 0 ? urls : undefined, NextToken: nextToken };
};
