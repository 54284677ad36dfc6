import {
  CreateEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { MOST_AT_ONCE } from '../click-processor/at-once.ts';

/** Lets the function handle the messages of the queue, unless it does already. */
export async function ensureMapping(
  lambda: LambdaClient,
  functionName: string,
  queueArn: string,
): Promise<void> {
  if ((await mappingsOf(lambda, functionName, queueArn)).length > 0) return;
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: functionName,
      EventSourceArn: queueArn,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: MOST_AT_ONCE },
    }),
  );
}

async function mappingsOf(
  lambda: LambdaClient,
  FunctionName: string,
  EventSourceArn: string,
): Promise<string[]> {
  const asked = new ListEventSourceMappingsCommand({ FunctionName, EventSourceArn });
  const { EventSourceMappings = [] } = await lambda.send(asked);
  return EventSourceMappings.filter((mapping) => mapping.State !== 'Deleting').flatMap(
    (one) => one.UUID ?? [],
  );
}
