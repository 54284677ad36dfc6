import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { MachineLoad } from './machine-load.ts';

test('a process that computes without a pause is busy', async () => {
  const load = new MachineLoad();
  assert.equal(load.isBusy(), true, 'nothing is known at the first look');
  await pause(1);
  const endMs = performance.now() + 600;
  while (performance.now() < endMs);
  await pause(1);
  assert.equal(load.isBusy(), true);
});
