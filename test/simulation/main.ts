import { parseArgs } from 'node:util';
import { catchMutants } from './mutant-runs.ts';
import { mutantNamed, mutate } from './mutate.ts';

const USAGE = `npm run sim -- [--seeds N] [--from N] [--seed N] [--game queues|functions] [--mutant NAME] [--mutants]
  --seeds N      N seeds, each run twice and compared (200)
  --from N       the first of them (1)
  --seed N       this seed alone
  --game NAME    one kind of simulation alone; else each seed plays both
  --mutant NAME  the broker with one promise broken: seeds until it is caught
  --mutants      every mutant, one after the other
`;

const { values } = parseArgs({
  options: {
    ...{ seeds: { type: 'string', default: '200' }, from: { type: 'string', default: '1' } },
    ...{ seed: { type: 'string' }, game: { type: 'string' }, mutant: { type: 'string' } },
    ...{ mutants: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  },
});

const from = Number(values.seed ?? values.from);
const to = values.seed === undefined ? from + Number(values.seeds) - 1 : from;
const isMeant =
  Number.isSafeInteger(from) && to >= from && ['queues', 'functions', undefined].includes(values.game);
if (values.help || !isMeant) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 1;
} else if (values.mutants) process.exitCode = (await catchMutants((line) => console.log(line))) ? 0 : 1;
else process.exitCode = (await allKept()) ? 0 : 1;

/** True when every seed kept every promise; it ends at the first that does not. */
async function allKept(): Promise<boolean> {
  const mutant = values.mutant === undefined ? undefined : mutantNamed(values.mutant);
  if (mutant !== undefined) mutate(mutant);
  // Only now, so that a mutant's source is what is loaded.
  const { reportOf, trySeed } = await import('./campaign.ts');
  let facts = 0;
  for (let seed = from; seed <= to; seed += 1) {
    const verdicts = await trySeed(seed, values.game ?? mutant?.game);
    for (const verdict of verdicts) {
      facts += verdict.facts;
      const isBroken = verdict.violations.length > 0;
      if (isBroken || from === to) console.log((await reportOf(verdict, values.mutant)).join('\n'));
      if (isBroken) return false;
    }
    if (from !== to) progress(`seed ${seed} of ${to}, ${facts} facts, every promise kept`, seed);
  }
  return true;
}

/** One line that is written over, or a line now and then. */
function progress(line: string, seed: number): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${seed === to ? '\n' : ''}`);
  else if (seed === to || seed % 100 === 0) console.log(line);
}
