import type { Command } from 'commander';
import type { PeekedMessage } from '../admin/peek.ts';
import { ask, connectedCommand, connection, type ConnectionOptions } from './connection.ts';
import { wholeNumber } from './number.ts';
import { examples, print, printTable } from './terminal.ts';

interface PeekOptions extends ConnectionOptions {
  readonly max: string;
  readonly hidden?: boolean;
  readonly json?: boolean;
}

/** Characters of a body in a table. */
const SHOWN_LENGTH = 60;

/** `millrace peek QUEUE`: shows messages without taking them. */
export function peekCommand(): Command {
  return connectedCommand('peek')
    .description('look at the messages of a queue; they stay as they are')
    .argument('<queue>', 'name of the queue')
    .option('--max <count>', 'at most this many, 1 to 1000', '10')
    .option('--hidden', 'delayed messages and those in flight as well')
    .option('--json', 'whole messages, one JSON object a line')
    .addHelpText(
      'after',
      examples('$ millrace peek uploads-dead', '$ millrace peek uploads --max 100 --hidden'),
    )
    .action(async (queue: string, options: PeekOptions) => {
      const limit = String(wholeNumber('--max', options.max, 1, 1000));
      const to = connection(options);
      const query = { queue, limit, region: to.region, hidden: String(options.hidden === true) };
      const messages = (await ask(to, `peek?${new URLSearchParams(query).toString()}`)) as PeekedMessage[];
      if (options.json === true) return messages.forEach((message) => print(JSON.stringify(message)));
      if (messages.length === 0) return print(`Nothing is to be seen in ${queue}.`);
      printTable(['SENT', 'RECEIVED', 'STANDING', 'BODY'], messages.map(row));
    });
}

function row({ sentAtMs, receiveCount, standing, body }: PeekedMessage): (string | number)[] {
  // oxlint-disable-next-line no-control-regex -- control characters must not reach the terminal
  const line = body.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ');
  const shown = line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH - 1)}…` : line;
  return [new Date(sentAtMs).toISOString(), receiveCount, standing, shown];
}
