import type { Command } from 'commander';
import type { RuntimeReport } from '../admin/runtimes.ts';
import { ask, connectedCommand, connection, type ConnectionOptions } from './connection.ts';
import { examples, print, printTable } from './terminal.ts';

interface RuntimesOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** `millrace runtimes`: what functions can be written for on the platform's machine, and how to get the rest. */
export function runtimesCommand(): Command {
  return connectedCommand('runtimes')
    .description('list the runtimes: what runs each of them here, and how to get what is missing')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('$ millrace runtimes', '$ millrace runtimes --json'))
    .action(async (options: RuntimesOptions) => {
      const reports = (await ask(connection(options), 'runtimes')) as readonly RuntimeReport[];
      if (options.json === true) return print(JSON.stringify(reports, undefined, 2));
      const rows = grouped(reports).map((report) => [names(report.runtimes), runs(report), report.sentence]);
      printTable(['RUNTIME', 'RUNS', 'ON'], rows);
    });
}

/** One row for what is the same: several of AWS's names may be run by one program. */
function grouped(reports: readonly RuntimeReport[]): readonly RuntimeReport[] {
  const groups = new Map<string, RuntimeReport>();
  for (const report of reports) {
    const key = JSON.stringify([runs(report), report.sentence]);
    const before = groups.get(key)?.runtimes ?? [];
    groups.set(key, { ...report, runtimes: [...before, ...report.runtimes] });
  }
  return [...groups.values()];
}

function runs({ available, isExact }: RuntimeReport): string {
  if (!available) return 'no';
  return isExact === false ? 'as another version' : 'yes';
}

/** `python3.9, 3.10, 3.12`: what all names begin with is written once. */
function names(runtimes: readonly string[]): string {
  const [first = '', ...others] = runtimes;
  const language = /^[a-z]+/.exec(first)?.[0] ?? '';
  const shorter = others.map((name) => (name.startsWith(language) ? name.slice(language.length) : name));
  return [first, ...shorter.map((name) => name.replace(/^\./, ''))].join(', ');
}
