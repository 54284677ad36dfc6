import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportOf, trySeed } from './campaign.ts';
import { runMutant } from './mutant-runs.ts';
import { MUTANTS } from './mutants.ts';

test('two hundred seeds keep every promise, each the same twice', async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    for (const verdict of await trySeed(seed))
      assert.deepEqual(verdict.violations, [], (await reportOf(verdict)).join('\n'));
  }
});

for (const { name, what } of MUTANTS) {
  test(`the simulation notices when ${what}`, async () => {
    const { isCaught, printed } = await runMutant(name);
    assert.ok(isCaught, printed);
  });
}
