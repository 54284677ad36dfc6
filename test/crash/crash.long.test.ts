import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killAndCheck } from './kill-and-check.ts';

test('fifty kills under load lose nothing acknowledged and bring nothing back', async (context) => {
  const verdict = await killAndCheck({ kills: 50, seed: 2, tell: (line) => context.diagnostic(line) });
  assert.deepEqual(verdict.violations, []);
  assert.ok(verdict.acknowledgedSends > 1000 && verdict.acknowledgedDeletes > 100, JSON.stringify(verdict));
});
