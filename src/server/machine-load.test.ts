import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { MachineLoad } from './machine-load.ts';

test('a process that computes without a pause is busy, and nothing is known of a moment', async () => {
  const isBusy = new MachineLoad().watch();
  assert.equal(isBusy(), true);
  await pause(1);
  const endMs = performance.now() + 300;
  while (performance.now() < endMs);
  await pause(1);
  assert.equal(isBusy(), true);
});
