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
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue's visibility time-out must exceed the function's time-out; AWS advises six times. */
const VISIBILITY_PER_TIMEOUT = 6;
const DEFAULT_TIMEOUT_S = 3;
const LONGEST_VISIBILITY_S = 43_200;

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

/** Maps the queue to the function; an existing mapping keeps its settings but for the batch size. */
export async function ensureMapping(
  client: LambdaClient,
  queueArn: string,
  name: string,
  batchSize?: number,
): Promise<void> {
  const existing = await existingMapping(client, queueArn, name);
  if (existing === undefined) {
    const mapping = {
      EventSourceArn: queueArn,
      FunctionName: name,
      FunctionResponseTypes: ['ReportBatchItemFailures' as const],
      ...batching(batchSize, 0),
    };
    await client.send(new CreateEventSourceMappingCommand(mapping));
  } else if (batchSize !== undefined && existing.BatchSize !== batchSize) {
    const change = batching(batchSize, existing.MaximumBatchingWindowInSeconds ?? 0);
    await client.send(new UpdateEventSourceMappingCommand({ UUID: existing.UUID, ...change }));
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
  const answer = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: visibility } }),
  );
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
