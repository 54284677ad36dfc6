import { Command, InvalidArgumentError, Option } from 'commander';
import { runCrashes, type CrashResult } from '../crash/campaign.ts';
import { MUTANTS } from '../crash/mutants.ts';

interface Given {
  readonly seeds: number;
  readonly first: number;
  readonly consumer: boolean;
  readonly mutant?: string;
}

/**
 * `crash`: clicks under kills, cuts, doubled and lost messages and a full disk, seed by seed; exit code 0 when every
 * invariant held (with a mutant: when one was broken).
 */
export function crashCommand(root: string): Command {
  return new Command('crash')
    .description(
      'sends clicks while everything is killed, cut and filled up, each seed in its own way, and checks that no click and no money is lost or taken twice',
    )
    .option('--seeds <n>', 'how many seeds', whole, 20)
    .option('--first <n>', 'the first of them', whole, 1)
    .option('--consumer', 'the long-lived consumer charges, instead of the function', false)
    .addOption(
      new Option('--mutant <name>', 'break the program on purpose: the checks must find out').choices(
        MUTANTS.map(({ name }) => name),
      ),
    )
    .action(async ({ seeds, first, consumer, mutant }: Given) => {
      const chosen = MUTANTS.find(({ name }) => name === mutant);
      const tell = (line: string): void => console.log(line);
      tell(`Seeds ${first} to ${first + seeds - 1}, ${consumer ? 'the consumer' : 'the function'} charges.`);
      if (chosen !== undefined) tell(`Broken on purpose: ${chosen.says}.`);
      const stopping = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
      const { signal } = stopping;
      const result = await runCrashes({
        project: root,
        seeds,
        first,
        consumer,
        mutant: chosen,
        tell,
        signal,
      });
      tell(summary(result));
      const isFound = !isWhole(result);
      if (chosen !== undefined) tell(`  ${chosen.name} was ${isFound ? '' : 'NOT '}found: ${chosen.says}`);
      process.exitCode = isFound === (chosen !== undefined) ? 0 : 1;
    });
}

function isWhole({ seeds, rebuilt }: CrashResult): boolean {
  return rebuilt === true && seeds.every(({ violations }) => violations.length === 0);
}

const INVARIANTS: Readonly<Record<string, string>> = {
  I1: 'every redirect has exactly one click',
  I2: 'no showing is charged twice',
  I3: 'charged is what is valid and funded, and nothing else',
  I4: 'what was not answered is there once or not at all',
  I5: 'accounts follow from transfers, and their sum is 0',
  I6: 'no budget is exceeded at any time, spent is what was charged',
  I7: 'statistics follow from the clicks',
  I8: 'what was posted is in the table, in the queue or set aside',
  I9: 'the same clicks again change nothing, and rebuild the same ledger',
};

function summary({ seeds, rebuilt }: CrashResult): string {
  const sum = (of: (seed: CrashResult['seeds'][number]) => number): number =>
    seeds.reduce((total, seed) => total + of(seed), 0);
  const lines = Object.entries(INVARIANTS).map(([name, says]) => {
    const broken = sum(({ violations }) => violations.filter(({ invariant }) => invariant === name).length);
    const again = name === 'I9' && rebuilt === false ? ', and the rebuilt ledger differs' : '';
    return `  ${name}  ${broken === 0 && again === '' ? 'holds' : `BROKEN ${broken} times${again}`}  ${says}`;
  });
  const free = `  I10 free after exhaustion: ${sum((seed) => seed.free)} clicks, ${(sum((seed) => seed.freeMicros) / 1e6).toFixed(2)}`;
  const slowest = Math.max(0, ...seeds.map(({ stops }) => stops.slowestMs));
  const stops = `      campaigns stopped by a message: ${sum((seed) => seed.stops.count)}, at most ${slowest} ms after the charge`;
  const failed = seeds.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed);
  const end = failed.length === 0 ? `${seeds.length} seeds hold` : `seeds that failed: ${failed.join(', ')}`;
  return [...lines, free, stops, `  ${end}`].join('\n');
}

function whole(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}
