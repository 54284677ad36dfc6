import { orRefuse, refuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';
import { readTags, refuseTooMany } from './tags.ts';

/** TagQueue: `QueueUrl`, `Tags` → nothing. */
export const tagQueue: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const tags = readTags(input, 'Tags', queue.name) ?? {};
  if (Object.keys(tags).length === 0) refuse({ kind: 'missing-parameter', name: 'Tags' });
  const before = orRefuse(context.broker.describe(queue)).tags;
  refuseTooMany(Object.keys({ ...before, ...tags }).length, queue.name);
  orRefuse(await context.broker.tag(queue, tags));
  return undefined;
};
