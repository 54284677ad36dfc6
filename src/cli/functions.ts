import type { FunctionConfiguration, FunctionUrlConfig, LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import type { MappingReport } from '../admin/mappings.ts';
import { parseFunctionArn } from '../function/function.ts';
import { ask, connectedCommand, connection, functionClient, type ConnectionOptions } from './connection.ts';
import { examples, print, printTable } from './terminal.ts';

interface FunctionsOptions extends ConnectionOptions {
  readonly json?: boolean;
}

interface FoundFunction {
  readonly name: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutS: number;
  readonly mappings: readonly MappingReport[];
  readonly urls: readonly FunctionUrlConfig[];
}

/** `millrace functions`: every function, the queues that trigger it, and its URLs. */
export function functionsCommand(): Command {
  return connectedCommand('functions')
    .description('list the functions, the queues that trigger them, and their URLs')
    .option('--json', 'as JSON: one object for each function')
    .addHelpText('after', examples('$ millrace functions', '$ millrace functions --json'))
    .action(async (options: FunctionsOptions) => {
      const to = connection(options);
      const client = await functionClient(to);
      const { paginateListFunctions } = await import('@aws-sdk/client-lambda');
      const mappings = (await ask(to, `mappings?region=${encodeURIComponent(to.region)}`)) as MappingReport[];
      const of = Map.groupBy(mappings, (mapping) => parseFunctionArn(mapping.functionArn)?.name ?? '');
      const found: FoundFunction[] = [];
      for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
        const urls = await Promise.all(Functions.map(({ FunctionName }) => urlsOf(client, FunctionName)));
        found.push(...Functions.map((one, at) => ({ ...foundOf(one, of), urls: urls[at] ?? [] })));
      }
      if (options.json === true) return print(JSON.stringify(found.map(asObject), undefined, 2));
      const rows = found.map(({ name, runtime, memoryMb, timeoutS, mappings, urls }) => [
        ...[name, runtime, memoryMb, timeoutS],
        mappings.map(queueText).join(', '),
        urls.map(urlText).join(', '),
      ]);
      if (rows.length === 0) return print('No functions. Bring one with: millrace deploy DIR --queue NAME');
      printTable(['FUNCTION', 'RUNTIME', 'MEMORY MB', 'TIME-OUT S', 'QUEUES', 'URLS'], rows);
    });
}

function foundOf(
  { FunctionName: name = '', Runtime, MemorySize, Timeout }: FunctionConfiguration,
  mappings: ReadonlyMap<string, readonly MappingReport[]>,
): Omit<FoundFunction, 'urls'> {
  const settings = { runtime: Runtime ?? '', memoryMb: MemorySize ?? 0, timeoutS: Timeout ?? 0 };
  return { name, ...settings, mappings: mappings.get(name) ?? [] };
}

function asObject({ mappings, urls, ...found }: FoundFunction): object {
  const queues = mappings.map(({ queueArn, state, running }) => ({ name: nameIn(queueArn), state, running }));
  return { ...found, queues, urls: urls.map(asUrl) };
}

function asUrl({ FunctionUrl, FunctionArn = '', AuthType }: FunctionUrlConfig): object {
  return {
    url: FunctionUrl,
    alias: parseFunctionArn(FunctionArn)?.qualifier,
    isSigned: AuthType === 'AWS_IAM',
  };
}

async function urlsOf(client: LambdaClient, FunctionName?: string): Promise<readonly FunctionUrlConfig[]> {
  const { ListFunctionUrlConfigsCommand } = await import('@aws-sdk/client-lambda');
  return (await client.send(new ListFunctionUrlConfigsCommand({ FunctionName }))).FunctionUrlConfigs ?? [];
}

/** `http://127.70.1.3:4566/ (live, signed)`: the alias, and whether requests must be signed. */
function urlText({ FunctionUrl = '', FunctionArn = '', AuthType }: FunctionUrlConfig): string {
  const alias = parseFunctionArn(FunctionArn)?.qualifier;
  const told = [...(alias === undefined ? [] : [alias]), ...(AuthType === 'AWS_IAM' ? ['signed'] : [])];
  return told.length === 0 ? FunctionUrl : `${FunctionUrl} (${told.join(', ')})`;
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** `clicks (Enabled, 3 running, at most 12: throttled)`. */
function queueText({ queueArn, state, running, paceLimit, pacePauseMs, paceReason }: MappingReport): string {
  const told = [state];
  if (running > 0) told.push(`${running} running`);
  if (paceLimit !== undefined) {
    const pause = pacePauseMs > 0 ? ` every ${pacePauseMs / 1000} s` : '';
    told.push(`at most ${paceLimit}${pause}: ${paceReason ?? ''}`);
  }
  return `${nameIn(queueArn)} (${told.join(', ')})`;
}
