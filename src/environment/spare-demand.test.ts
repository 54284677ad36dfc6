import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpareDemand } from './spare-demand.ts';

const KEPT_MS = 300_000;

test('as many are wanted as were lately needed at about the same time', () => {
  const demand = new SpareDemand(KEPT_MS);
  assert.equal(demand.wanted(0), 0);
  for (let start = 0; start < 100; start += 1) demand.note(start);
  assert.equal(demand.wanted(200), 100);
  for (let start = 0; start < 100; start += 1) demand.note(20_000 + start * 1000);
  assert.equal(demand.wanted(120_000), 100);
});

test('when nothing was needed for long, none is wanted', () => {
  const demand = new SpareDemand(KEPT_MS);
  demand.note(0);
  demand.note(15_000);
  demand.note(15_001);
  assert.equal(demand.wanted(KEPT_MS - 1), 2);
  assert.equal(demand.wanted(15_000 + KEPT_MS), 0);
});
