import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type postgres from 'postgres';
import { connectTo } from '../click-processor/connect.ts';
import { claimName } from './one-server.ts';
import { startAdServer, type AdServerSurroundings } from './start.ts';

interface Given {
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly name?: string;
  readonly publicUrl?: string;
  readonly dataCentres?: string;
  readonly proxy: readonly string[];
  readonly mostPerAddress: number;
  readonly spoolLimitMb: number;
}

/** What there is to show is asked for again soon: an answer that takes longer is not waited for. */
const LONGEST_QUERY_MS = 10_000;

/**
 * An ad server as a program. `QUEUE_URL` says where clicks go, `VIEWS_QUEUE_URL` where views go, `AWS_ENDPOINT_URL` where
 * the broker is, `DATABASE_URL` where the ledger is. Prints one line when it answers; ends on SIGTERM, after those that
 * ask have their answers.
 */
async function main(): Promise<void> {
  const stopping = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.resolve());
  const given = program().parse().opts<Given>();
  const giveBack = claimName(resolve(given.data), given.name);
  const sql = connectTo(required('DATABASE_URL'), { max: 2, longestQueryMs: LONGEST_QUERY_MS });
  const running = await startAdServer(surroundings(given, sql));
  console.log(`Ad server ${running.serverId} answers at ${running.origin}`);
  await stopping.promise;
  await running.stop();
  await sql.end({ timeout: 5 });
  giveBack();
}

function surroundings(given: Given, sql: postgres.Sql): AdServerSurroundings {
  const { port, host, name, publicUrl, dataCentres, mostPerAddress } = given;
  return {
    ...{ sql, port, host, name, publicUrl, dataCentres },
    endpoint: process.env['AWS_ENDPOINT_URL'],
    queueUrl: required('QUEUE_URL'),
    viewsQueueUrl: process.env['VIEWS_QUEUE_URL'],
    data: resolve(given.data),
    flood: mostPerAddress === 0 ? undefined : { most: mostPerAddress, windowMs: 10_000 },
    proxies: new Set(given.proxy),
    spoolLimitBytes: given.spoolLimitMb * 2 ** 20,
  };
}

function program(): Command {
  return new Command('node ads/server/main.ts')
    .description('Serves ads and answers their clicks.')
    .requiredOption('--data <dir>', 'where secrets, journals and spools are kept')
    .option('--port <n>', 'port to listen on (0: any free one)', whole, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <name>', 'tells apart ad servers that share --data', nameOf)
    .option('--public-url <url>', 'how the outside calls this server')
    .option('--data-centres <file>', 'ranges of data centres, one a line (default: the list of this program)')
    .option('--proxy <address>', 'a proxy whose X-Forwarded-For is believed; may be repeated', collect, [])
    .option(
      '--most-per-address <n>',
      'links that one address may ask for in ten seconds (0: any)',
      whole,
      200,
    )
    .option('--spool-limit-mb <n>', 'how large the spool may grow while the broker is away', whole, 1024);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function nameOf(text: string): string {
  if (/^[a-z0-9-]{1,20}$/.test(text)) return text;
  throw new InvalidArgumentError('It takes up to 20 small letters, digits and hyphens.');
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name}.`);
  return value;
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
