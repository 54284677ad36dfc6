import type { Command } from 'commander';
import { connectedCommand, connection, queueClient, queueUrl, type ConnectionOptions } from './connection.ts';
import { examples, print } from './terminal.ts';

/** `millrace purge QUEUE`: deletes every message of a queue. */
export function purgeCommand(): Command {
  return connectedCommand('purge')
    .description('delete all messages of a queue, those delayed and in flight as well; the queue stays')
    .argument('<queue>', 'name of the queue')
    .addHelpText('after', examples('$ millrace purge uploads-dead'))
    .action(async (queue: string, options: ConnectionOptions) => {
      const client = await queueClient(connection(options));
      const { PurgeQueueCommand } = await import('@aws-sdk/client-sqs');
      await client.send(new PurgeQueueCommand({ QueueUrl: await queueUrl(client, queue) }));
      print(`${queue} is empty.`);
    });
}
