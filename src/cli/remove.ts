import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import {
  connectedCommand,
  connection,
  functionClient,
  queueClient,
  queueUrl,
  type ConnectionOptions,
} from './connection.ts';
import { CommandFailed, examples, print, WrongUsage } from './terminal.ts';

interface RemoveOptions extends ConnectionOptions {
  readonly queue?: string;
}

/** `millrace remove [FUNCTION] [--queue NAME]`: what deploying has made goes again. */
export function removeCommand(): Command {
  return connectedCommand('remove')
    .description('delete a function, or a queue with all its messages')
    .argument('[function]', 'name of the function; nothing triggers it any more, and its queues stay')
    .option('--queue <name>', 'the queue to delete, with every message in it')
    .addHelpText('after', examples('$ millrace remove resize', '$ millrace remove --queue uploads'))
    .action(async (name: string | undefined, options: RemoveOptions) => {
      const { queue } = options;
      if (name === undefined && queue === undefined)
        throw new WrongUsage('Name what to delete: a function, or a queue with --queue NAME.');
      const to = connection(options);
      if (name !== undefined) await removeFunction(await functionClient(to), name);
      if (queue !== undefined) await removeQueue(await queueClient(to), queue);
    });
}

async function removeFunction(client: LambdaClient, name: string): Promise<void> {
  const { DeleteFunctionCommand, GetFunctionCommand, ResourceNotFoundException } =
    await import('@aws-sdk/client-lambda');
  try {
    await client.send(new GetFunctionCommand({ FunctionName: name }));
    await removeMappings(client, name);
    await client.send(new DeleteFunctionCommand({ FunctionName: name }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new CommandFailed(`There is no function ${name}. "millrace functions" lists those that are there.`);
  }
  print(`${name} is deleted.`);
}

/** As at AWS they would stay, and trigger the next function of that name. */
async function removeMappings(client: LambdaClient, name: string): Promise<void> {
  const { DeleteEventSourceMappingCommand, paginateListEventSourceMappings } =
    await import('@aws-sdk/client-lambda');
  const found: string[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, { FunctionName: name }))
    found.push(...(page.EventSourceMappings ?? []).map(({ UUID = '' }) => UUID));
  for (const UUID of found) await client.send(new DeleteEventSourceMappingCommand({ UUID }));
}

async function removeQueue(client: SQSClient, name: string): Promise<void> {
  const { DeleteQueueCommand } = await import('@aws-sdk/client-sqs');
  await client.send(new DeleteQueueCommand({ QueueUrl: await queueUrl(client, name) }));
  print(`Queue ${name} is deleted.`);
}
