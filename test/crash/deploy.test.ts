import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployAndKill } from './deploy-and-kill.ts';

test('killed while functions are deployed, each is as it was or as it was to be, whole, and nothing else is left', async () => {
  const verdict = await deployAndKill({ kills: 3, seed: 1 });
  assert.deepEqual(verdict.violations, []);
  assert.ok(verdict.acknowledged > 0, JSON.stringify(verdict));
});
