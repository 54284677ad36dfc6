import { orRefuse, type SqsAction } from './action.ts';
import { writeAttributes } from './queue-attributes.ts';
import { queueOf } from './queue-url.ts';

/** GetQueueAttributes: `QueueUrl`, `AttributeNames` → `Attributes`, left out when the queue has none of those asked for. */
export const getQueueAttributes: SqsAction = async (input, context) => {
  const queue = orRefuse(context.broker.describe(queueOf(input, context)));
  const asked = input.textList('AttributeNames') ?? [];
  const attributes = writeAttributes(queue, asked);
  return { Attributes: Object.keys(attributes).length > 0 ? attributes : undefined };
};
