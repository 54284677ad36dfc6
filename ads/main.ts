import { once } from 'node:events';
import { join } from 'node:path';
import { lineOn } from './line-on-error.ts';
import { readOptions, type StartOptions } from './options.ts';
import { freePort } from './platform/free-port.ts';
import { PlatformUnavailable } from './platform/platform.ts';
import { runTraffic } from './run-traffic.ts';
import { isBalanced } from './summary/reconcile.ts';
import { summarise } from './summary/summarise.ts';
import { summaryText } from './summary/text.ts';
import { startSystem, type System } from './system.ts';

const root = join(import.meta.dirname, '..');

/** `npm start`: brings everything up, sends the traffic, settles the books; answers the exit code. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root);
  if ('exitCode' in options) return options.exitCode;
  const stopping = stopSignal();
  try {
    return await run(options, stopping);
  } catch (error) {
    console.error(lineOn(error) ?? error);
    return 1;
  }
}

async function run(options: StartOptions, stopping: AbortSignal): Promise<number> {
  const port = options.port === 0 ? await freePort() : options.port;
  const databaseUrl = process.env['DATABASE_URL'];
  const say = (step: string): void => console.log(`Starting: ${step} ...`);
  await using system = await startSystem({ ...options, root, port, databaseUrl, say });
  console.log(addresses(system));
  const ended = new AbortController();
  const platformLost = system.platform.ended.then((lastWords): never => {
    ended.abort();
    throw new PlatformUnavailable(`The platform has ended: ${lastWords}`);
  });
  // Awaited here: everything is taken down when this function returns.
  return await Promise.race([work(system, options, AbortSignal.any([stopping, ended.signal])), platformLost]);
}

async function work(system: System, options: StartOptions, stopping: AbortSignal): Promise<number> {
  await runTraffic(system, options, stopping);
  const summary = await summarise(system, options, stopping);
  console.log(`\n${summaryText(summary)}\n\n${addresses(system)}\n`);
  if (!options.exit) await stayUp(stopping);
  return isBalanced(summary.reconciliation) ? 0 : 1;
}

function addresses({ pages, passwords, server, platform }: System): string {
  return [
    `Pages                         ${pages}/`,
    `Sign in as                    ${passwords === undefined ? 'npm run ads -- users list' : `the users of ${passwords}`}`,
    `Ad server                     ${server.origin}/serve?publisher=1`,
    `Platform                      ${platform.endpoint}`,
  ].join('\n');
}

/** Stays until Ctrl-C. */
async function stayUp(stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return;
  console.log('Everything keeps running; Ctrl-C stops it and keeps its data.');
  const keepAlive = setInterval(() => undefined, 60_000);
  await once(stopping, 'abort');
  clearInterval(keepAlive);
  console.log('\nStopping ...');
}

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

process.exitCode = await main();
