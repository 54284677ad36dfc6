import { tmpdir } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ads } from './ads/ads.ts';
import { backlog } from './backlog/backlog.ts';
import { cold } from './cold.ts';
import type { Bench, Figure } from './figure.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { environments } from './environments/environments.ts';
import { hundred } from './hundred.ts';
import { idle } from './idle.ts';
import { polls } from './polls.ts';
import { queue } from './queue/queue.ts';
import { runBenches } from './report.ts';
import { sends } from './sends.ts';
import { walk } from './walk.ts';

const BENCHES: readonly Bench[] = [
  ...[sends, walk, cold, hundred, idle, polls, environments, queue, dispatch, ads, backlog],
];

/**
 * `npm run bench [-- NAME …] [--json]`: measures, prints a table or JSON lines, each as soon as
 * it is there. It judges nothing: the targets stand beside. What could not be measured is said, and makes the exit code 1.
 */
async function main(): Promise<void> {
  const program = new Command('npm run bench --')
    .description(
      `Measures the figures behind PROMISES.md. Benches:\n${BENCHES.map((bench) => `  ${bench.name.padEnd(12)} ${bench.what}`).join('\n')}`,
    )
    .argument('[names...]', 'which benches (default: all)')
    .addOption(new Option('--json', 'one JSON object a line: {name, value, unit, floor, ratio}'))
    .addOption(new Option('--full', 'measure whole what takes minutes, and is cut short without it'))
    .addOption(
      new Option(
        '--orientation',
        'queue: beside RabbitMQ, Redis, PostgreSQL and NATS, in their own protocols',
      ),
    )
    .addOption(
      new Option('--part <words>', 'only parts with these words in their name: waiting; "Node, cold"'),
    )
    .addOption(
      new Option('--messages <n>', 'how long a backlog is').default(5_000_000).argParser(wholeNumber),
    )
    .addOption(new Option('--data <dir>', 'where large files may be made for a while').default(tmpdir()))
    .parse();
  const names = program.args;
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) return program.error(`There is no bench ${unknown.join(', ')}.`);
  const {
    json: asJson = false,
    full: isFull = false,
    messages,
    data: scratch,
    part: onlyPart,
    orientation,
  } = program.opts<Options>();
  const chosen = names.length === 0 ? BENCHES : BENCHES.filter((bench) => names.includes(bench.name));
  const options = { isFull, isOriented: orientation ?? false, messages, scratch, onlyPart };
  const failures = await runBenches(chosen, options, {
    figure: (figure) => process.stdout.write(`${asJson ? json(figure) : row(figure)}\n`),
    remark: (line) => process.stderr.write(`${line}\n`),
  });
  if (failures > 0) process.exitCode = 1;
}

interface Options {
  readonly json?: boolean;
  readonly full?: boolean;
  readonly orientation?: boolean;
  readonly messages: number;
  readonly data: string;
  readonly part?: string;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1000)
    throw new InvalidArgumentError('a whole number from 1000 on');
  return number;
}

function json({ name, value, unit, floor, ratio }: Figure): string {
  return JSON.stringify({ name, value, unit, floor, ratio });
}

function row(figure: Figure): string {
  const beside = figure.floor === undefined ? '' : `floor ${figure.floor}, ratio ${figure.ratio}`;
  const verdict = figure.kept ? 'kept' : 'MISSED';
  return `${figure.name.padEnd(40)} ${`${figure.value} ${figure.unit}`.padEnd(18)} ${beside.padEnd(28)} ${figure.target.padEnd(22)} ${verdict}`;
}

await main();
