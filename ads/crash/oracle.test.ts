import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, type Outcome, type SeenImpression } from './oracle.ts';

const BILLED: Outcome = { verdict: 'billed', reason: undefined };
const invalid = (reason: string): Outcome => ({ verdict: 'invalid', reason });
const UNFUNDED: Outcome = { verdict: 'free', reason: 'unfunded' };
const campaign = { campaignId: 1, priceMicros: 100, limitMicros: 250, refillMicros: 0, ended: false };

function showing(names: readonly string[], change: Partial<SeenImpression> = {}): SeenImpression {
  const requests = names.map((name) => ({ name, oddity: 'none', status: 302 }));
  return { campaignId: 1, seen: true, viewPlanned: true, requests, ...change };
}

function broken(
  impressions: readonly SeenImpression[],
  outcomes: Readonly<Record<string, readonly Outcome[]>>,
  change: Partial<typeof campaign> = {},
): readonly string[] {
  const found = judge(impressions, [{ ...campaign, ...change }], new Map(Object.entries(outcomes)));
  return found.map(({ invariant }) => invariant);
}

describe('the oracle', () => {
  it('has nothing against what the rules allow', () => {
    const impressions = [showing(['a', 'b']), showing(['c']), showing(['d'])];
    const outcomes = { a: [invalid('repeated-impression')], b: [BILLED], c: [BILLED], d: [UNFUNDED] };
    assert.deepEqual(broken(impressions, outcomes), []);
    assert.deepEqual(broken([showing(['a'], { seen: false })], { a: [invalid('no-view')] }), []);
    assert.deepEqual(
      broken([showing(['a'])], { a: [{ verdict: 'free', reason: 'ended' }] }, { ended: true }),
      [],
    );
  });

  it('misses an answered request that is nowhere, and finds one that is there twice', () => {
    assert.deepEqual(broken([showing(['a'])], {}), ['I1']);
    assert.ok(broken([showing(['a'])], { a: [BILLED, invalid('double-click')] }).includes('I1'));
    const unanswered = showing([], { requests: [{ name: 'a', oddity: 'none', status: undefined }] });
    assert.deepEqual(broken([unanswered], {}), []);
    assert.deepEqual(broken([unanswered], { a: [BILLED, invalid('double-click')] }), ['I4']);
  });

  it('finds a showing that counts twice, or not at all', () => {
    assert.deepEqual(broken([showing(['a', 'b'])], { a: [BILLED], b: [BILLED] }), ['I2']);
    assert.deepEqual(broken([showing(['a'])], { a: [invalid('double-click')] }), ['I2']);
  });

  it('finds charges without money, and money without charges', () => {
    const impressions = [showing(['a']), showing(['b']), showing(['c'])];
    assert.deepEqual(broken(impressions, { a: [BILLED], b: [BILLED], c: [BILLED] }), ['I3']);
    assert.deepEqual(broken(impressions, { a: [BILLED], b: [UNFUNDED], c: [UNFUNDED] }), ['I3']);
    const refilled = { refillMicros: 100 };
    assert.deepEqual(broken(impressions, { a: [BILLED], b: [BILLED], c: [BILLED] }, refilled), []);
  });

  it('finds a verdict that a request must not have', () => {
    const odd = (oddity: string) => showing([], { requests: [{ name: 'a', oddity, status: 302 }] });
    assert.deepEqual(broken([odd('bot')], { a: [BILLED] }), ['I3']);
    assert.deepEqual(broken([odd('bot')], { a: [invalid('bot')] }), []);
    assert.deepEqual(broken([odd('expired')], { a: [invalid('bot')] }), ['I3']);
    assert.ok(broken([showing(['a'], { seen: false })], { a: [BILLED] }).includes('I3'));
    assert.deepEqual(broken([showing(['a'])], { a: [invalid('no-view')] }), ['I3', 'I3']);
  });
});
