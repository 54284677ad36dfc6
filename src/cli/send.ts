import type { Command } from 'commander';
import { connectedCommand, connection, queueClient, queueUrl, type ConnectionOptions } from './connection.ts';
import { readInput } from './input.ts';
import { CommandFailed, examples, print, repeated, WrongUsage } from './terminal.ts';

interface SendOptions extends ConnectionOptions {
  readonly delay?: string;
  readonly attribute?: readonly string[];
  readonly group?: string;
  readonly deduplicationId?: string;
}

/** `millrace send QUEUE [BODY]`: posts one message, its body from the argument or standard input. */
export function sendCommand(): Command {
  return connectedCommand('send')
    .description('post a message to a queue')
    .argument('<queue>', 'name of the queue')
    .argument('[body]', 'the message; read from standard input when left out')
    .option('--delay <seconds>', 'hide it for 0 to 900 seconds')
    .option('--attribute <name=value>', 'a text attribute; may be repeated', repeated)
    .option('--group <id>', 'of a FIFO queue: the message group, which keeps its order')
    .option('--deduplication-id <id>', 'of a FIFO queue: sent again within five minutes, it is one message')
    .addHelpText(
      'after',
      examples(
        "$ millrace send uploads 'picture 17'",
        '$ cat message.json | millrace send uploads --delay 60 --attribute kind=picture',
        '$ millrace send orders.fifo \'{"id": 1}\' --group customer-7',
      ),
    )
    .action(async (queue: string, body: string | undefined, options: SendOptions) => {
      const delay = options.delay === undefined ? {} : { DelaySeconds: seconds(options.delay) };
      const MessageAttributes = attributes(options.attribute ?? []);
      const order = orderOf(queue, options);
      const client = await queueClient(connection(options));
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const answer = await client.send(
        new SendMessageCommand({
          QueueUrl: await queueUrl(client, queue),
          MessageBody: await bodyOf(body),
          ...delay,
          ...order,
          MessageAttributes,
        }),
      );
      print(answer.MessageId ?? '');
    });
}

async function bodyOf(given: string | undefined): Promise<string> {
  const body = given ?? (await readInput('the message'));
  if (body === '') throw new CommandFailed('The message is empty: give it as an argument, or pipe it in.');
  return body;
}

/** What only messages of FIFO queues have. */
function orderOf(queue: string, { group, deduplicationId }: SendOptions): object {
  if (group === undefined && queue.endsWith('.fifo'))
    throw new WrongUsage(`${queue} keeps an order: name the message group with --group ID.`);
  return {
    ...(group !== undefined && { MessageGroupId: group }),
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
  };
}

function seconds(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 900)
    throw new WrongUsage(`--delay takes 0 to 900 seconds; got "${text}".`);
  return Number(text);
}

function attributes(pairs: readonly string[]): Record<string, { DataType: string; StringValue: string }> {
  const read = pairs.map((pair) => {
    const cut = pair.indexOf('=');
    if (cut < 1) throw new WrongUsage(`--attribute takes name=value; got "${pair}".`);
    return [pair.slice(0, cut), { DataType: 'String', StringValue: pair.slice(cut + 1) }] as const;
  });
  return Object.fromEntries(read);
}
