import type { QueueKey } from '../../message/queue-key.ts';
import type { Input } from '../input.ts';
import { refuse, type SqsAction } from './action.ts';
import { requiredText } from './members.ts';
import { readAttributes } from './queue-attributes.ts';
import { isFifoName, isQueueName, queueUrl } from './queue-url.ts';
import { settingsFailure } from './settings-failure.ts';
import { readTags } from './tags.ts';

const NO_FIFO = 'FIFO queues are not supported: choose a name without .fifo and leave FifoQueue out.';

/** CreateQueue: `QueueName`, `Attributes`, `tags` → `QueueUrl`. Creating the same again is a success. */
export const createQueue: SqsAction = async (input, context) => {
  const { account, region } = context.caller;
  const queue: QueueKey = { account, region, name: readName(input) };
  const attributes = input.textMap('Attributes') ?? {};
  refuseFifo(queue.name, attributes);
  const settings = readAttributes(attributes, context.caller);
  const tags = readTags(input, 'tags') ?? {};
  if (context.waits?.mayCreate(queue) === false) refuse({ kind: 'deleted-recently' });
  const created = await context.broker.create(queue, settings, tags);
  if (!created.ok) refuse(settingsFailure(created.failure, attributes));
  return { QueueUrl: queueUrl(context, queue) };
};

function readName(input: Input): string {
  const name = requiredText(input, 'QueueName');
  if (isQueueName(name)) return name;
  return refuse({
    kind: 'invalid-parameter',
    message: 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  });
}

function refuseFifo(name: string, attributes: Readonly<Record<string, string>>): void {
  if (isFifoName(name) || attributes['FifoQueue'] === 'true') refuse({ kind: 'unsupported', what: NO_FIFO });
}
