import type { Command } from 'commander';
import { connectedCommand, connection, queueClient, queueUrl, type ConnectionOptions } from './connection.ts';
import { readInput } from './input.ts';
import { examples, print, WrongUsage } from './terminal.ts';

interface SendOptions extends ConnectionOptions {
  readonly delay?: string;
  readonly attribute: readonly string[];
}

/** `millrace send QUEUE [BODY]`: posts one message, its body from the argument or standard input. */
export function sendCommand(): Command {
  return connectedCommand('send')
    .description('post a message to a queue')
    .argument('<queue>', 'name of the queue')
    .argument('[body]', 'the message; read from standard input when left out')
    .option('--delay <seconds>', 'hide it for 0 to 900 seconds')
    .option('--attribute <name=value>', 'a text attribute; may be repeated', collect, [])
    .addHelpText(
      'after',
      examples(
        "$ millrace send uploads 'picture 17'",
        '$ cat message.json | millrace send uploads --delay 60 --attribute kind=picture',
      ),
    )
    .action(async (queue: string, body: string | undefined, options: SendOptions) => {
      const delay = options.delay === undefined ? {} : { DelaySeconds: seconds(options.delay) };
      const MessageAttributes = attributes(options.attribute);
      const client = await queueClient(connection(options));
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const answer = await client.send(
        new SendMessageCommand({
          QueueUrl: await queueUrl(client, queue),
          MessageBody: body ?? (await readInput('the message')),
          ...delay,
          MessageAttributes,
        }),
      );
      print(answer.MessageId ?? '');
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
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
