import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runYsb } from './run.ts';
import { layYsb } from './ysb-ground.ts';

const LOAD = { seed: 5, rate: 300, seconds: 4, isSkewed: true };
const NOTHING = { missing: 0, extra: 0, wrongMoney: 0 };

describe('the streaming benchmark, killed among the events, a fifth of which come twice', () => {
  for (const [variant, form, killed] of [
    ['money', 'function', 'consumer'],
    ['money', 'consumer', 'consumer'],
    ['count', 'consumer', 'broker'],
  ] as const)
    it(`ysb-${variant} as a ${form}, its ${killed} killed: no event is missing, none is counted twice`, async () => {
      await using ysb = await layYsb(variant, form);
      const { missing, extra, wrongMoney, afterEndMs } = await runYsb(ysb, { ...LOAD, killed });
      assert.deepEqual({ missing, extra, wrongMoney }, NOTHING);
      assert.ok(afterEndMs.length > 30, `${afterEndMs.length} campaigns had events`);
    });
});
