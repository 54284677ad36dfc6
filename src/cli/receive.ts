import type { Message } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { connectedCommand, connection, queueClient, queueUrl, type ConnectionOptions } from './connection.ts';
import { wholeNumber } from './number.ts';
import { examples, print } from './terminal.ts';

interface ReceiveOptions extends ConnectionOptions {
  readonly max: string;
  readonly wait: string;
  readonly delete?: boolean;
  readonly json?: boolean;
}

/** `millrace receive QUEUE`: takes messages and prints them; they come back unless `--delete` is given. */
export function receiveCommand(): Command {
  return connectedCommand('receive')
    .description('take messages from a queue and print them')
    .argument('<queue>', 'name of the queue')
    .option('--max <count>', 'at most this many, 1 to 10', '1')
    .option('--wait <seconds>', 'wait for a message, 0 to 20 seconds', '0')
    .option(
      '--delete',
      'delete what was received; without it the messages come back after the visibility time',
    )
    .option('--json', 'whole messages, one JSON object a line')
    .addHelpText(
      'after',
      examples(
        '$ millrace receive uploads --max 10 --wait 20',
        '$ millrace receive uploads-dead --delete --json',
      ),
    )
    .action(async (queue: string, options: ReceiveOptions) => {
      const limits = {
        MaxNumberOfMessages: wholeNumber('--max', options.max, 1, 10),
        WaitTimeSeconds: wholeNumber('--wait', options.wait, 0, 20),
      };
      const client = await queueClient(connection(options));
      const url = await queueUrl(client, queue);
      const { DeleteMessageCommand, ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
      const answer = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          ...limits,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      for (const message of answer.Messages ?? []) {
        show(message, options.json === true);
        if (options.delete !== true) continue;
        await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
      }
    });
}

function show(message: Message, asJson: boolean): void {
  print(asJson ? JSON.stringify(message) : (message.Body ?? ''));
}
