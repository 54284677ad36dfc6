import {
  CreateEventSourceMappingCommand,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue's visibility time-out must exceed the function's time-out; AWS advises six times. */
const VISIBILITY_PER_TIMEOUT = 6;
const DEFAULT_TIMEOUT_S = 3;
const LONGEST_VISIBILITY_S = 43_200;

const OWN_MEMBERS = 'millraceMembers';

/** The ARN of the queue, which is made when it is not there, fit for a function with this time-out. */
export async function ensureQueue(
  client: SQSClient,
  name: string,
  timeoutS = DEFAULT_TIMEOUT_S,
): Promise<string> {
  const url = (await existingUrl(client, name)) ?? (await newQueue(client, name, timeoutS));
  const answer = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return answer.Attributes?.QueueArn ?? '';
}

/** Where messages of a queue go that failed too often. */
export interface DeadLetters {
  /** The queue, made when it is not there. */
  readonly queue: string;
  /** How often a message is received before. */
  readonly tries: number;
}

/** Sends what fails too often to a queue of dead letters. */
export async function ensureDeadLetters(
  client: SQSClient,
  queue: string,
  { queue: letters, tries }: DeadLetters,
): Promise<void> {
  const deadLetterTargetArn = await ensureQueue(client, letters);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: tries });
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }));
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
}

/** What a mapping is to be like; absent: as it is. */
export interface MappingWishes {
  readonly batchSize?: number;
  /** The first and the longest time that failed messages stay hidden. */
  readonly retryAfterS?: number;
  readonly retryAtMostS?: number;
}

/** Maps the queue to the function; an existing mapping keeps its settings but for what is wished. */
export async function ensureMapping(
  client: LambdaClient,
  queueArn: string,
  name: string,
  wishes: MappingWishes = {},
): Promise<void> {
  const existing = await existingMapping(client, queueArn, name);
  const windowS = existing?.MaximumBatchingWindowInSeconds ?? 0;
  const change = batching(wishes.batchSize, windowS);
  const backoff = backoffOf(wishes);
  if (existing === undefined) {
    const responses = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };
    const mapping = { EventSourceArn: queueArn, FunctionName: name, ...responses, ...change };
    await saying(client, backoff, () => client.send(new CreateEventSourceMappingCommand(mapping)));
  } else if (backoff !== undefined || (change.BatchSize ?? existing.BatchSize) !== existing.BatchSize) {
    const update = new UpdateEventSourceMappingCommand({ UUID: existing.UUID, ...change });
    await saying(client, backoff, () => client.send(update));
  }
}

function backoffOf({ retryAfterS, retryAtMostS }: MappingWishes): object | undefined {
  if (retryAfterS === undefined) return undefined;
  const longest = retryAtMostS === undefined ? {} : { LongestDelaySeconds: retryAtMostS };
  return { RetryBackoff: { FirstDelaySeconds: retryAfterS, ...longest } };
}

/** Adds members to the body of what `send` asks, which AWS does not have, and its clients therefore leave out. */
async function saying(
  client: LambdaClient,
  members: object | undefined,
  send: () => Promise<unknown>,
): Promise<void> {
  if (members === undefined) return void (await send());
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string | Uint8Array };
      const text = typeof request.body === 'string' ? request.body : Buffer.from(request.body).toString();
      request.body = JSON.stringify({ ...(JSON.parse(text) as object), ...members });
      return next(args);
    },
    // Before the length of the body is taken, and before it is signed.
    { step: 'build', priority: 'high', name: OWN_MEMBERS },
  );
  try {
    await send();
  } finally {
    client.middlewareStack.remove(OWN_MEMBERS);
  }
}

/** Above ten messages a batch AWS demands a window: the shortest, unless there is one already. */
function batching(
  batchSize: number | undefined,
  windowS: number,
): { BatchSize?: number; MaximumBatchingWindowInSeconds?: number } {
  if (batchSize === undefined) return {};
  const needsWindow = batchSize > 10 && windowS === 0;
  return { BatchSize: batchSize, ...(needsWindow && { MaximumBatchingWindowInSeconds: 1 }) };
}

async function existingUrl(client: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function newQueue(client: SQSClient, name: string, timeoutS: number): Promise<string> {
  const visibility = String(Math.min(Math.max(timeoutS * VISIBILITY_PER_TIMEOUT, 30), LONGEST_VISIBILITY_S));
  // Whoever gives no id for deduplication is asked for none.
  const order = name.endsWith('.fifo') && { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
  const Attributes = { VisibilityTimeout: visibility, ...order };
  const answer = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return answer.QueueUrl ?? '';
}

async function existingMapping(
  client: LambdaClient,
  queueArn: string,
  name: string,
): Promise<EventSourceMappingConfiguration | undefined> {
  for await (const page of paginateListEventSourceMappings(
    { client },
    { EventSourceArn: queueArn, FunctionName: name },
  )) {
    const found = page.EventSourceMappings?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}
