import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeClick, encodeClick } from './click-message.ts';
import { sampleClick } from './fixtures/sample-click.ts';

describe('the message of a click', () => {
  it('says the click again', () => {
    const { served: _, ...untrusted } = sampleClick(2, { token: 'malformed' });
    for (const click of [sampleClick(1), sampleClick(3, { token: 'expired' }), untrusted]) {
      assert.deepEqual(decodeClick(encodeClick(click)), click);
    }
  });

  it('is read by nobody when it holds what the database could not', () => {
    const broken: readonly Record<string, unknown>[] = [
      { clickId: 'x' },
      { schema: 2 },
      { agent: 'a\0b' },
      { agent: '\ud800' },
      { agent: 'a'.repeat(513) },
      { seq: 0 },
      { seq: 1.5 },
      { clickedAtMs: -1 },
      { clickedAtMs: 1e300 },
      { method: 'POST' },
      { token: 'fine' },
      { served: undefined },
      { served: { ...sampleClick(1).served, priceMicros: -1 } },
      { served: { ...sampleClick(1).served, campaignId: 2 ** 31 } },
      { served: { ...sampleClick(1).served, impressionId: "' OR 1=1" } },
    ];
    for (const change of broken) {
      const body = JSON.stringify({ ...JSON.parse(encodeClick(sampleClick(1))), ...change });
      assert.equal(decodeClick(body), undefined, JSON.stringify(change));
    }
  });

  it('never makes the reader throw, whatever the body is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => decodeClick(body) === undefined));
  });
});
