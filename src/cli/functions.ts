import type { Command } from 'commander';
import type { MappingReport } from '../admin/mappings.ts';
import { parseFunctionArn } from '../function/function.ts';
import { ask, connectedCommand, connection, functionClient } from './connection.ts';
import { examples, print, printTable } from './terminal.ts';

/** `millrace functions`: every function, and the queues that trigger it. */
export function functionsCommand(): Command {
  return connectedCommand('functions')
    .description('list the functions and the queues that trigger them')
    .addHelpText('after', examples('$ millrace functions'))
    .action(async (options: object) => {
      const to = connection(options);
      const client = await functionClient(to);
      const { paginateListFunctions } = await import('@aws-sdk/client-lambda');
      const mappings = (await ask(to, `mappings?region=${encodeURIComponent(to.region)}`)) as MappingReport[];
      const queues = new Map<string, string[]>();
      for (const mapping of mappings) {
        const { name } = parseFunctionArn(mapping.functionArn) ?? { name: '' };
        queues.set(name, [...(queues.get(name) ?? []), queueText(mapping)]);
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

/** `clicks (Enabled, 3 running, at most 12: throttled)`. */
function queueText({ queueArn, state, running, paceLimit, pacePauseMs, paceReason }: MappingReport): string {
  const told = [state];
  if (running > 0) told.push(`${running} running`);
  if (paceLimit !== undefined) {
    const pause = pacePauseMs > 0 ? ` every ${pacePauseMs / 1000} s` : '';
    told.push(`at most ${paceLimit}${pause}: ${paceReason ?? ''}`);
  }
  return `${queueArn.slice(queueArn.lastIndexOf(':') + 1)} (${told.join(', ')})`;
}
