import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runYsb } from './run.ts';
import { layYsb } from './ysb-ground.ts';

const LOAD = { seed: 5, rate: 300, seconds: 4, isKilled: true };
const NOTHING = { missing: 0, extra: 0, wrongMoney: 0 };

describe('the streaming benchmark, its consumer killed among the events, a fifth of which come twice', () => {
  for (const [variant, form] of [
    ['money', 'function'],
    ['count', 'consumer'],
  ] as const)
    it(`ysb-${variant} as a ${form}: no event is missing, none is counted twice`, async () => {
      await using ysb = await layYsb(variant, form);
      const { missing, extra, wrongMoney, afterEndMs } = await runYsb(ysb, LOAD);
      assert.deepEqual({ missing, extra, wrongMoney }, NOTHING);
      assert.ok(afterEndMs.length > 80, `${afterEndMs.length} campaigns had events`);
    });
});
