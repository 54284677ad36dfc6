import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployAndKill } from './deploy-and-kill.ts';

test('fifteen kills while functions are deployed leave none of them half', async () => {
  const verdict = await deployAndKill({ kills: 15, seed: 2 });
  assert.deepEqual(verdict.violations, []);
  assert.ok(verdict.acknowledged > 25, JSON.stringify(verdict));
});
