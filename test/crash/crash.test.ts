import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killAndCheck } from './kill-and-check.ts';

test('nothing acknowledged is lost and nothing deleted comes back, killed under load', async (context) => {
  const verdict = await killAndCheck({ kills: 4, seed: 1, tell: (line) => context.diagnostic(line) });
  assert.deepEqual(verdict.violations, []);
  assert.ok(verdict.acknowledgedSends > 100 && verdict.acknowledgedDeletes > 10, JSON.stringify(verdict));
  assert.ok(verdict.acknowledgedMoves > 0, JSON.stringify(verdict));
});
