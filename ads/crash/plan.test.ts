import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FAULT_KINDS, LOAD_MS, planOf } from './plan.ts';

it('a seed always gives the same plan, and another seed another one', () => {
  assert.deepEqual(planOf(7), planOf(7));
  assert.notDeepEqual(planOf(7).impressions, planOf(8).impressions);
});

it('a few seeds hold every kind of fault and of request, and every request has a name of its own', () => {
  const plans = [1, 2, 3, 4].map(planOf);
  const faults = new Set(plans.flatMap((plan) => plan.faults.map(({ kind }) => kind)));
  assert.deepEqual(faults, new Set(FAULT_KINDS));
  const requests = plans.flatMap((plan) => plan.impressions.flatMap((impression) => impression.requests));
  const oddities = new Set(requests.map(({ oddity }) => oddity));
  assert.deepEqual(oddities, new Set(['none', 'bot', 'no-agent', 'head', 'prefetch', 'forged', 'expired']));
  assert.equal(new Set(requests.map(({ name }) => name)).size, requests.length);
  assert.ok(requests.every(({ atMs }) => atMs >= 0 && atMs < LOAD_MS));
  const sizes = plans.flatMap((plan) => plan.impressions.map((impression) => impression.requests.length));
  assert.ok(sizes.includes(1) && sizes.includes(2) && sizes.includes(4));
  const views = plans.flatMap((plan) => plan.impressions.map((impression) => impression.viewAtMs));
  assert.ok(views.includes(undefined));
});
