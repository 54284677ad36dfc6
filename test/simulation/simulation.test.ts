import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runMutant } from './mutant-runs.ts';
import { MUTANTS } from './mutants.ts';
import { patched } from './mutate.ts';
import { everySeedHolds } from './seeds.ts';

test('whatever clients do and wherever it crashes: every promise is kept, and a seed does the same twice', () =>
  everySeedHolds(20));

test('each mutant fits the source as it is', () => {
  for (const { patches } of MUTANTS) {
    for (const patch of patches) {
      const source = readFileSync(join(import.meta.dirname, '../..', patch.file), 'utf8');
      assert.notEqual(patched(source, patch), source);
    }
  }
});

test('a mutant is caught, and reported with a short history and the way to see it again', async () => {
  const { isCaught, printed } = await runMutant('fifo-group-not-blocked');
  assert.ok(isCaught, printed);
  assert.match(printed, /the shortest history found, \d+ of \d+ steps/);
  assert.match(printed, /again: npm run sim -- --seed \d+ --game queues --mutant fifo-group-not-blocked/);
});
