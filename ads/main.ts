import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseUnavailable } from './database/unavailable.ts';
import { AlreadyRunning } from './only-one.ts';
import { readOptions, type StartOptions } from './options.ts';
import { PlatformUnavailable } from './platform/platform.ts';
import { runTraffic } from './run-traffic.ts';
import { isBalanced } from './summary/reconcile.ts';
import { summarise } from './summary/summarise.ts';
import { summaryText } from './summary/text.ts';
import { startSystem } from './system.ts';

const root = join(import.meta.dirname, '..');

/** `npm start`: brings everything up, sends the traffic, settles the books; answers the exit code. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root);
  if ('exitCode' in options) return options.exitCode;
  const stopping = stopSignal();
  try {
    return await run(options, stopping);
  } catch (error) {
    const expected =
      error instanceof DatabaseUnavailable ||
      error instanceof PlatformUnavailable ||
      error instanceof AlreadyRunning;
    console.error(expected ? error.message : error);
    return 1;
  }
}

async function run(options: StartOptions, stopping: AbortSignal): Promise<number> {
  const port = options.port === 0 ? await freePort() : options.port;
  const databaseUrl = process.env['DATABASE_URL'];
  const say = (step: string): void => console.log(`Starting: ${step} ...`);
  await using system = await startSystem({ ...options, root, port, databaseUrl, say });
  console.log(`Ad server at ${system.server.origin}, platform at ${system.platform.endpoint}.`);
  await runTraffic(system, options, stopping);
  const summary = await summarise(system, options, stopping);
  console.log(`\n${summaryText(summary)}\n`);
  const balanced = isBalanced(summary.reconciliation);
  if (options.exit || stopping.aborted) return balanced ? 0 : 1;
  await stayUp(system.platform.ended, stopping);
  return 0;
}

/** Stays until Ctrl-C, or until the platform ends by itself. */
async function stayUp(platformEnded: Promise<string>, stopping: AbortSignal): Promise<void> {
  console.log('Everything keeps running; Ctrl-C stops it and keeps its data.');
  const keepAlive = setInterval(() => undefined, 60_000);
  const stopped = stopping.aborted ? Promise.resolve() : once(stopping, 'abort').then(() => undefined);
  const lastWords = await Promise.race([stopped, platformEnded]);
  clearInterval(keepAlive);
  if (lastWords !== undefined) throw new PlatformUnavailable(`The platform has ended: ${lastWords}`);
  console.log('\nStopping ...');
}

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

process.exitCode = await main();
