import type { QueueKey } from '../../message/queue-key.ts';
import type { Input } from '../input.ts';
import { refuse, type SqsAction } from './action.ts';
import { refuseContradiction } from './fifo-attributes.ts';
import { requiredText } from './members.ts';
import { readAttributes } from './queue-attributes.ts';
import { isFifoName, isQueueName, queueUrl } from './queue-url.ts';
import { settingsFailure } from './settings-failure.ts';
import { readTags } from './tags.ts';

/** CreateQueue: `QueueName`, `Attributes`, `tags` → `QueueUrl`. Creating the same again is a success. */
export const createQueue: SqsAction = async (input, context) => {
  const { account, region } = context.caller;
  const attributes = input.textMap('Attributes') ?? {};
  const isFifo = attributes['FifoQueue']?.toLowerCase() === 'true';
  const queue: QueueKey = { account, region, name: readName(input, isFifo) };
  const settings = readAttributes(attributes, context.caller, isFifo);
  refuseContradiction(settings.fifo);
  const tags = readTags(input, 'tags', queue.name) ?? {};
  if (context.waits?.mayCreate(queue) === false) refuse({ kind: 'deleted-recently' });
  const created = await context.broker.create(queue, settings, tags);
  if (!created.ok) refuse(settingsFailure(created.failure, attributes));
  return { QueueUrl: queueUrl(context, queue) };
};

const NAME_RULE = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
const FIFO_NAME_RULE =
  'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix ' +
  'and be 1 to 80 in length.';

/** The name of the queue. A FIFO queue is one by its name and by its attribute, or by neither. */
function readName(input: Input, isFifo: boolean): string {
  const name = requiredText(input, 'QueueName');
  if (isQueueName(name) && isFifoName(name) === isFifo) return name;
  return refuse({ kind: 'invalid-parameter', message: isFifo ? FIFO_NAME_RULE : NAME_RULE });
}
