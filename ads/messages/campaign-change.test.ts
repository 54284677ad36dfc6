import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeCampaignChange, encodeCampaignChange, type CampaignChange } from './campaign-change.ts';

const STOPPED: CampaignChange = { type: 'campaign-stopped', campaignId: 2, atMs: 1_750_000_000_123 };

describe('the change of a campaign as a message', () => {
  it('says the change again, and its reason', () => {
    for (const change of [
      STOPPED,
      { ...STOPPED, type: 'campaign-resumed', reason: 'refilled', position: 7 } as const,
    ])
      assert.deepEqual(decodeCampaignChange(encodeCampaignChange(change)), change);
  });

  it('is read past what it does not know, and with a time in milliseconds', () => {
    const body = JSON.stringify({ type: 'campaign-stopped', campaignId: 2, at: STOPPED.atMs, freeClicks: 3 });
    assert.deepEqual(decodeCampaignChange(body), STOPPED);
  });

  it('is nothing when it is broken, and never makes the reader throw', () => {
    for (const change of [
      { type: 'x' },
      { campaignId: 0 },
      { campaignId: '2' },
      { at: 'soon' },
      { at: null },
    ]) {
      const body = JSON.stringify({ ...JSON.parse(encodeCampaignChange(STOPPED)), ...change });
      assert.equal(decodeCampaignChange(body), undefined, body);
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => decodeCampaignChange(body) === undefined),
    );
  });
});
