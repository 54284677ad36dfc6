import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CampaignChange } from '../messages/campaign-change.ts';
import { CampaignStates } from './campaign-states.ts';

const STOPPED: CampaignChange = { type: 'campaign-stopped', campaignId: 1, atMs: 1000 };
const RESUMED: CampaignChange = { type: 'campaign-resumed', campaignId: 1, atMs: 2000 };

describe('what an ad server was told of campaigns', () => {
  it('is the later of two changes, in whatever order they come', () => {
    for (const order of [
      [STOPPED, RESUMED, STOPPED],
      [RESUMED, STOPPED],
    ]) {
      const states = new CampaignStates();
      for (const change of order) states.hear(change);
      assert.equal(states.isStopped(1), false);
    }
  });

  it('goes by the places of changes where both have one', () => {
    const states = new CampaignStates();
    states.hear({ ...RESUMED, position: 7 });
    states.hear({ ...STOPPED, position: 8 });
    states.hear({ ...RESUMED, position: 7 });
    assert.equal(states.isStopped(1), true);
  });

  it('holds against a reading of the ledger that began before, and gives way to a later one', () => {
    let nowMs = 10;
    const states = new CampaignStates(() => nowMs);
    states.hear(STOPPED);
    states.readSince(9);
    assert.deepEqual([states.isStopped(1), states.isStopped(2)], [true, false]);
    nowMs = 20;
    states.readSince(11);
    assert.equal(states.isStopped(1), false);
  });
});
