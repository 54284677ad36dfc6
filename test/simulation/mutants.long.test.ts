import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMutant } from './mutant-runs.ts';
import { MUTANTS } from './mutants.ts';

for (const { name, what } of MUTANTS) {
  test(`the simulation notices when ${what}`, async () => {
    const { isCaught, printed } = await runMutant(name);
    assert.ok(isCaught, printed);
  });
}
