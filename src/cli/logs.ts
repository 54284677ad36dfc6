import type { Command } from 'commander';
import { sleep, SystemClock } from '../base/clock.ts';
import type { LogLine } from '../store/lines.ts';
import { ask, connectedCommand, connection, type Connection, type ConnectionOptions } from './connection.ts';
import { examples, print, readable, WrongUsage } from './terminal.ts';

interface LogsOptions extends ConnectionOptions {
  readonly lines: string;
  readonly follow?: boolean;
}

/** How often a followed log is asked for more. */
const FOLLOW_INTERVAL_MS = 500;

/** `millrace logs FUNCTION`: what the function printed, with the platform's START, END and REPORT lines. */
export function logsCommand(): Command {
  return connectedCommand('logs')
    .description('print the log of a function')
    .argument('<function>', 'name of the function')
    .option('--lines <count>', 'the last so many lines', '100')
    .option('--follow', 'go on printing until Ctrl-C')
    .addHelpText('after', examples('$ millrace logs resize --follow'))
    .action(async (name: string, options: LogsOptions) => {
      if (!/^[1-9]\d{0,4}$/.test(options.lines))
        throw new WrongUsage(`--lines takes 1 to 99999; got "${options.lines}".`);
      const to = connection(options);
      const shown = await show(to, name, Number(options.lines), []);
      if (options.follow === true) await follow(to, name, shown);
    });
}

async function follow(to: Connection, name: string, shown: readonly LogLine[]): Promise<void> {
  const clock = new SystemClock(0, true);
  for (let last = shown; ; last = await show(to, name, 10_000, last)) await sleep(clock, FOLLOW_INTERVAL_MS);
}

/** Prints what is new since `before`, and answers what stands at the end now. */
async function show(
  to: Connection,
  name: string,
  limit: number,
  before: readonly LogLine[],
): Promise<readonly LogLine[]> {
  const since = before.at(-1)?.atMs;
  const query = new URLSearchParams({ function: name, region: to.region, limit: String(limit) });
  if (since !== undefined) query.set('since', String(since));
  const lines = (await ask(to, `logs?${query.toString()}`)) as readonly LogLine[];
  const known = new Set(before.filter((line) => line.atMs === since).map((line) => JSON.stringify(line)));
  const fresh = lines.filter((line) => !known.has(JSON.stringify(line)));
  for (const line of fresh) print(`${new Date(line.atMs).toISOString()}  ${readable(line.text)}`);
  return fresh.length > 0 ? lines : before;
}
