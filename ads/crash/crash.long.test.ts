import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCrashes, type CrashResult } from './campaign.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const project = join(import.meta.dirname, '..', '..');
/** As many as an invariant may need to break; each mutant is done with at the first that does. */
const SEEDS_FOR_A_MUTANT = 8;

describe('clicks and money under crashes', () => {
  for (const consumer of [false, true]) {
    it(`are neither lost nor taken twice, seed by seed, by ${consumer ? 'the consumer' : 'the function'}`, async () => {
      const said: string[] = [];
      const { seeds, rebuilt } = await run({ seeds: 10, consumer, said });
      assert.equal(seeds.length, 10);
      assert.ok(
        seeds.every(({ violations }) => violations.length === 0),
        said.join('\n'),
      );
      assert.ok(seeds.every(({ answered, charged, free }) => answered > 0 && charged > 0 && free > 0));
      assert.equal(rebuilt, true);
    });
  }

  // The one that is broken in the consumer too, whose code is its own there.
  const inBoth = MUTANTS.filter(({ edits }) => edits.some(({ file }) => file.startsWith('consumer/')));
  const broken = [
    ...MUTANTS.map((mutant) => ({ mutant, consumer: false })),
    ...inBoth.map((mutant) => ({ mutant, consumer: true })),
  ];
  for (const { mutant, consumer } of broken) {
    it(`show that ${consumer ? 'the consumer' : 'the program'} is broken when it is: ${mutant.says}`, async () => {
      const said: string[] = [];
      const { seeds } = await run({ seeds: SEEDS_FOR_A_MUTANT, consumer, mutant, said });
      assert.ok(
        seeds.some(({ violations }) => violations.length > 0),
        said.join('\n'),
      );
    });
  }
});

function run(options: {
  readonly seeds: number;
  readonly consumer: boolean;
  readonly mutant?: Mutant;
  readonly said: string[];
}): Promise<CrashResult> {
  const { seeds, consumer, mutant, said } = options;
  return runCrashes({ project, first: 1, seeds, consumer, mutant, tell: (line) => void said.push(line) });
}
