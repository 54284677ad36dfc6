import type { Command } from 'commander';
import { connectedCommand, connection, functionClient } from './connection.ts';
import { examples, print, printTable } from './terminal.ts';

/** `millrace functions`: every function, and the queues that trigger it. */
export function functionsCommand(): Command {
  return connectedCommand('functions')
    .description('list the functions and the queues that trigger them')
    .addHelpText('after', examples('$ millrace functions'))
    .action(async (options: object) => {
      const client = await functionClient(connection(options));
      const { paginateListEventSourceMappings, paginateListFunctions } =
        await import('@aws-sdk/client-lambda');
      const queues = new Map<string, string[]>();
      for await (const page of paginateListEventSourceMappings({ client }, {})) {
        for (const mapping of page.EventSourceMappings ?? []) {
          const name = lastPart(mapping.FunctionArn);
          queues.set(name, [
            ...(queues.get(name) ?? []),
            `${lastPart(mapping.EventSourceArn)} (${mapping.State})`,
          ]);
        }
      }
      const rows: (string | number)[][] = [];
      for await (const page of paginateListFunctions({ client }, {})) {
        for (const each of page.Functions ?? []) {
          const name = each.FunctionName ?? '';
          rows.push([
            name,
            each.Runtime ?? '',
            each.MemorySize ?? 0,
            each.Timeout ?? 0,
            (queues.get(name) ?? []).join(', '),
          ]);
        }
      }
      if (rows.length === 0) return print('No functions. Bring one with: millrace deploy DIR --queue NAME');
      printTable(['FUNCTION', 'RUNTIME', 'MEMORY MB', 'TIME-OUT S', 'QUEUES'], rows);
    });
}

function lastPart(arn: string | undefined): string {
  return arn === undefined ? '' : arn.slice(arn.lastIndexOf(':') + 1);
}
