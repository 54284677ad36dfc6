import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { connectedCommand, connection, queueClient, type ConnectionOptions } from './connection.ts';
import { examples, print, printTable } from './terminal.ts';

interface QueuesOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** `millrace queues`: every queue with what it holds. */
export function queuesCommand(): Command {
  return connectedCommand('queues')
    .description('list the queues and how many messages each holds')
    .argument('[prefix]', 'only names that start so')
    .option('--json', 'as JSON: one object for each queue')
    .addHelpText('after', examples('$ millrace queues', '$ millrace queues upl --json'))
    .action(async (prefix: string | undefined, options: QueuesOptions) => {
      const client = await queueClient(connection(options));
      const urls = await allQueueUrls(client, prefix);
      const rows = await Promise.all(urls.map(async (url) => row(client, url)));
      if (options.json === true) return print(JSON.stringify(rows.map(asObject), undefined, 2));
      if (rows.length === 0)
        return print(
          prefix === undefined
            ? 'No queues. One is made by: millrace deploy DIR --queue NAME'
            : `No queue's name starts with ${prefix}.`,
        );
      printTable(['QUEUE', 'WAITING', 'IN FLIGHT', 'DELAYED'], rows);
    });
}

type QueueRow = readonly [name: string, waiting: number, inFlight: number, delayed: number];

function asObject([name, waiting, inFlight, delayed]: QueueRow): object {
  return { name, waiting, inFlight, delayed };
}

async function allQueueUrls(client: SQSClient, prefix: string | undefined): Promise<string[]> {
  const { paginateListQueues } = await import('@aws-sdk/client-sqs');
  const urls: string[] = [];
  const query = prefix === undefined ? {} : { QueueNamePrefix: prefix };
  for await (const page of paginateListQueues({ client, pageSize: 1000 }, query))
    urls.push(...(page.QueueUrls ?? []));
  return urls;
}

async function row(client: SQSClient, url: string): Promise<QueueRow> {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  const figure = (name: QueueAttributeName): number => Number(answer.Attributes?.[name] ?? 0);
  return [
    url.slice(url.lastIndexOf('/') + 1),
    figure('ApproximateNumberOfMessages'),
    figure('ApproximateNumberOfMessagesNotVisible'),
    figure('ApproximateNumberOfMessagesDelayed'),
  ];
}
