import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { connectedCommand, connection, queueClient } from './connection.ts';
import { print, printTable } from './terminal.ts';

/** `millrace queues`: every queue with what it holds. */
export function queuesCommand(): Command {
  return connectedCommand('queues')
    .description('list the queues and how many messages each holds')
    .argument('[prefix]', 'only names that start so')
    .action(async (prefix: string | undefined, options: object) => {
      const client = await queueClient(connection(options));
      const urls = await allQueueUrls(client, prefix);
      if (urls.length === 0) return print('No queues.');
      const rows = await Promise.all(urls.map(async (url) => row(client, url)));
      printTable(['QUEUE', 'WAITING', 'IN FLIGHT', 'DELAYED'], rows);
    });
}

async function allQueueUrls(client: SQSClient, prefix: string | undefined): Promise<string[]> {
  const { paginateListQueues } = await import('@aws-sdk/client-sqs');
  const urls: string[] = [];
  const query = prefix === undefined ? {} : { QueueNamePrefix: prefix };
  for await (const page of paginateListQueues({ client, pageSize: 1000 }, query))
    urls.push(...(page.QueueUrls ?? []));
  return urls;
}

async function row(client: SQSClient, url: string): Promise<(string | number)[]> {
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
