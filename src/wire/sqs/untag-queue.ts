import { orRefuse, refuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';

/** UntagQueue: `QueueUrl`, `TagKeys` → nothing. A key that is not there is no failure. */
export const untagQueue: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const keys = input.textList('TagKeys') ?? [];
  if (keys.length === 0) refuse({ kind: 'missing-parameter', name: 'TagKeys' });
  const change = Object.fromEntries(keys.map((key) => [key, null]));
  orRefuse(await context.broker.tag(queue, change));
  return undefined;
};
