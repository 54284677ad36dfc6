import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { functionForm } from './forms.ts';
import { layGround } from './ground.ts';
import { measure, type Measured } from './measure.ts';

const AMOUNTS = { rate: 50, seconds: 2, backlog: 6000, idleSeconds: 25 };
const root = join(import.meta.dirname, '..', '..');

describe('the click processor, killed among clicks', () => {
  it('as a function loses no click, and leaves nothing running when it is idle', async () => {
    await using ground = await layGround(root);
    const measured = await measure(ground, await functionForm(ground), AMOUNTS, () => undefined);
    assert.deepEqual([measured.notBilled, measured.idleProcesses], [0, 0]);
    assertWhole(measured);
  });
});

function assertWhole(measured: Measured): void {
  const { p50Ms, p99Ms, clicksPerS, ownCpuS, wholeCpuS, recoveryMs, wakeMs } = measured;
  for (const value of [p50Ms, clicksPerS, ownCpuS, wholeCpuS, recoveryMs, wakeMs])
    assert.ok(value > 0, JSON.stringify(measured));
  assert.ok(p99Ms >= p50Ms && wholeCpuS > ownCpuS, JSON.stringify(measured));
}
