import { orRefuse, type SqsAction } from './action.ts';
import { writeAttributes } from './queue-attributes.ts';
import { queueOf } from './queue-url.ts';

/** GetQueueAttributes: `QueueUrl`, `AttributeNames` → `Attributes`, left out when none are asked for. */
export const getQueueAttributes: SqsAction = async (input, context) => {
  const queue = orRefuse(context.broker.describe(queueOf(input, context)));
  const asked = input.textList('AttributeNames') ?? [];
  return { Attributes: asked.length > 0 ? writeAttributes(queue, asked) : undefined };
};
