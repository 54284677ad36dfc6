import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MUTANTS } from './mutants.ts';

/** Seeds that a mutant gets at most. */
const MOST_SEEDS = 400;

/** Runs the simulation with a mutant in a process of its own; what it printed, and whether a broken promise was found. */
export async function runMutant(
  name: string,
): Promise<{ readonly isCaught: boolean; readonly printed: string }> {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, '--mutant', name, '--seeds', String(MOST_SEEDS)]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { isCaught: code === 1 && /^seed \d+, \w+, breaks /m.test(printed), printed };
}

/** Runs every mutant; true when each was caught. */
export async function catchMutants(tell: (line: string) => void): Promise<boolean> {
  let areAllCaught = true;
  for (const { name, what } of MUTANTS) {
    const { isCaught, printed } = await runMutant(name);
    areAllCaught &&= isCaught;
    const first = printed.split('\n').find((line) => /^seed \d+, \w+, breaks/.test(line)) ?? printed.trim();
    tell(`${isCaught ? 'caught    ' : 'NOT CAUGHT'} ${name}: ${what}\n           ${first}`);
  }
  return areAllCaught;
}
