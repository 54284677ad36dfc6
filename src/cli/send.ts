import type { Command } from 'commander';
import { connectedCommand, connection, queueClient, queueUrl, type ConnectionOptions } from './connection.ts';
import { readInput } from './input.ts';
import { CommandFailed, print } from './terminal.ts';

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
    .action(async (queue: string, body: string | undefined, options: SendOptions) => {
      const client = await queueClient(connection(options));
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const answer = await client.send(
        new SendMessageCommand({
          QueueUrl: await queueUrl(client, queue),
          MessageBody: body ?? (await readInput('the message')),
          ...(options.delay === undefined ? {} : { DelaySeconds: seconds(options.delay) }),
          MessageAttributes: attributes(options.attribute),
        }),
      );
      print(answer.MessageId ?? '');
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function seconds(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new CommandFailed(`--delay takes 0 to 900 seconds; got "${text}".`);
  return Number(text);
}

function attributes(pairs: readonly string[]): Record<string, { DataType: string; StringValue: string }> {
  const read = pairs.map((pair) => {
    const cut = pair.indexOf('=');
    if (cut < 1) throw new CommandFailed(`--attribute takes name=value; got "${pair}".`);
    return [pair.slice(0, cut), { DataType: 'String', StringValue: pair.slice(cut + 1) }] as const;
  });
  return Object.fromEntries(read);
}
