import type { ListMessageMoveTasksResultEntry, SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { sleep, SystemClock } from '../base/clock.ts';
import { connectedCommand, connection, queueClient, queueUrl, type ConnectionOptions } from './connection.ts';
import { wholeNumber } from './number.ts';
import { CommandFailed, examples, print, WrongUsage } from './terminal.ts';

interface RedriveOptions extends ConnectionOptions {
  readonly to?: string;
  readonly rate?: string;
  readonly detach?: boolean;
  readonly cancel?: boolean;
}

const LOOK_EVERY_MS = 200;

const FAILURES: Readonly<Record<string, string>> = {
  'AWS.SimpleQueueService.NonExistentQueue': 'the queue that a message should go to is not there',
  CouldNotDetermineMessageSource:
    'a message was sent to this queue directly, so that nobody knows where to move it back: name a queue with --to',
};

/** `millrace redrive QUEUE`: moves dead letters back, or elsewhere. */
export function redriveCommand(): Command {
  return connectedCommand('redrive')
    .description('move the messages of a dead-letter queue back to the queues they came from, or to another')
    .argument('<queue>', 'name of the dead-letter queue')
    .option('--to <queue>', 'move all of them to this queue')
    .option('--rate <count>', 'at most so many in a second, 1 to 500')
    .option('--detach', 'begin, and do not wait for the end')
    .option('--cancel', 'end what is being moved; what was moved stays moved')
    .addHelpText(
      'after',
      examples(
        '$ millrace redrive uploads-dead',
        '$ millrace redrive uploads-dead --to uploads-again --rate 10 --detach',
        '$ millrace redrive uploads-dead --cancel',
      ),
    )
    .action(async (queue: string, options: RedriveOptions) => {
      if (options.cancel === true && (options.to !== undefined || options.rate !== undefined))
        throw new WrongUsage('--cancel takes neither --to nor --rate.');
      const rate = options.rate === undefined ? undefined : wholeNumber('--rate', options.rate, 1, 500);
      const client = await queueClient(connection(options));
      const source = await queueArn(client, queue);
      if (options.cancel === true) return cancel(client, source, queue);
      await start(client, source, options.to, rate);
      if (options.detach === true) return print(`The messages of ${queue} are being moved.`);
      return follow(client, source);
    });
}

async function start(
  client: SQSClient,
  source: string,
  to: string | undefined,
  rate: number | undefined,
): Promise<void> {
  const { StartMessageMoveTaskCommand } = await import('@aws-sdk/client-sqs');
  const destination = to === undefined ? {} : { DestinationArn: await queueArn(client, to) };
  const limit = rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: rate };
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: source, ...destination, ...limit }));
}

/** Waits for the end of the task, and says how it was. */
async function follow(client: SQSClient, source: string): Promise<void> {
  const clock = new SystemClock(0, true);
  for (;;) {
    const task = await latest(client, source);
    if (task?.Status !== 'RUNNING' && task?.Status !== 'CANCELLING') return tell(task);
    await sleep(clock, LOOK_EVERY_MS);
  }
}

function tell(task: ListMessageMoveTasksResultEntry | undefined): void {
  const moved = `${task?.ApproximateNumberOfMessagesMoved ?? 0} of ${task?.ApproximateNumberOfMessagesToMove ?? 0} messages moved`;
  if (task?.Status === 'COMPLETED') return print(`${moved}.`);
  const reason = task?.FailureReason ?? '';
  const why = task?.Status === 'FAILED' ? (FAILURES[reason] ?? reason) : 'it was cancelled';
  throw new CommandFailed(`${moved}, then it ended: ${why}.`);
}

async function cancel(client: SQSClient, source: string, queue: string): Promise<void> {
  const handle = (await latest(client, source))?.TaskHandle;
  if (handle === undefined) throw new CommandFailed(`Nothing is being moved out of ${queue}.`);
  const { CancelMessageMoveTaskCommand } = await import('@aws-sdk/client-sqs');
  const answer = await client.send(new CancelMessageMoveTaskCommand({ TaskHandle: handle }));
  print(`Cancelled; ${answer.ApproximateNumberOfMessagesMoved ?? 0} messages were moved.`);
}

async function latest(
  client: SQSClient,
  source: string,
): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { ListMessageMoveTasksCommand } = await import('@aws-sdk/client-sqs');
  return (await client.send(new ListMessageMoveTasksCommand({ SourceArn: source }))).Results?.[0];
}

async function queueArn(client: SQSClient, name: string): Promise<string> {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const asked = { QueueUrl: await queueUrl(client, name), AttributeNames: ['QueueArn' as const] };
  return (await client.send(new GetQueueAttributesCommand(asked))).Attributes?.QueueArn ?? '';
}
