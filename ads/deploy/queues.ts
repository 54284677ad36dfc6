import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue of clicks and the queue of those that could not be handled. */
export interface ClickQueue {
  readonly url: string;
  readonly arn: string;
  readonly deadUrl: string;
}

/** Longer than a batch may take. */
const VISIBILITY_SECONDS = 30;
/** Enough for a database that is away for ten minutes; what cannot be read at all is set aside after as many tries. */
const MAX_RECEIVES = 20;
const FOURTEEN_DAYS_SECONDS = String(14 * 86_400);

/** Creates the queue `name` and `name-dead`, or brings those that are there to the same settings. */
export async function ensureClickQueue(
  sqs: SQSClient,
  name: string,
  keptSeconds = FOURTEEN_DAYS_SECONDS,
): Promise<ClickQueue> {
  const dead = await ensureQueue(sqs, `${name}-dead`, {});
  const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: MAX_RECEIVES });
  const queue = await ensureQueue(sqs, name, {
    MessageRetentionPeriod: keptSeconds,
    VisibilityTimeout: String(VISIBILITY_SECONDS),
    RedrivePolicy: redrive,
  });
  return { ...queue, deadUrl: dead.url };
}

async function ensureQueue(
  sqs: SQSClient,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const Attributes = { MessageRetentionPeriod: FOURTEEN_DAYS_SECONDS, ...settings };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  return { url, arn: (await sqs.send(asked)).Attributes?.['QueueArn'] ?? '' };
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** How many messages are in a queue, whatever their state. */
export async function countMessages(sqs: SQSClient, queueUrl: string): Promise<number> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...COUNTS] });
  const { Attributes } = await sqs.send(asked);
  return COUNTS.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}
