import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Click } from './click.ts';
import { decideAll, type Decided } from './decide.ts';
import { sampleClick, sampleId, sampleRules } from './fixtures/sample-click.ts';
import type { Known } from './known.ts';

const known: Known = {
  rules: sampleRules(),
  nowMs: 1_750_000_000_000,
  budgets: [{ campaignId: 1, active: true, limitMicros: 10_000_000, spentMicros: 0 }],
  days: [],
  counted: [],
  viewed: new Set(),
};

function decide(clicks: readonly Click[], ground: Known): readonly Decided[] {
  return decideAll({ fresh: clicks }, ground).fresh;
}

function said(click: Click, change: Partial<Known> = {}): string {
  const [decided] = decide([click], { ...known, ...change });
  const verdict = decided?.verdict;
  return verdict === undefined ? 'nothing' : 'reason' in verdict ? verdict.reason : verdict.kind;
}

describe('the verdict on one click', () => {
  const cases: readonly (readonly [string, Partial<Click>])[] = [
    ['billed', {}],
    ['expired', { token: 'expired' }],
    ['prefetch', { prefetch: true }],
    ['head', { method: 'HEAD' }],
    ['no-agent', { agent: '  ' }],
    ['bot', { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['bot', { agent: 'curl/8.5.0' }],
    ['data-centre', { addressClass: 'data-centre' }],
    ['unknown-agent', { agent: 'Mozilla/5.0 (Something; rv:1)', agentFamily: 'unknown' }],
    ['insider', { insider: true }],
    ['ahead-of-time', { clickedAtMs: known.nowMs + 3_600_001 }],
    ['billed', { clickedAtMs: known.nowMs + 3_600_000 }],
  ];
  for (const [verdict, change] of cases) {
    it(`is "${verdict}" for ${JSON.stringify(change)}`, () => {
      assert.equal(said(sampleClick(1, change)), verdict);
    });
  }

  it('comes in the order of the clicks, not of their messages', () => {
    const same = { addressHash: 'one viewer' };
    const decided = decide([sampleClick(2, same), sampleClick(1, same)], known);
    assert.deepEqual(
      decided.map((one) => [one.click.seq, one.verdict.kind]),
      [
        [1, 'billed'],
        [2, 'invalid'],
      ],
    );
  });

  it('skips a click that is too dear and goes on with one that is not', () => {
    const budgets = [{ campaignId: 1, active: true, limitMicros: 300_000, spentMicros: 0 }];
    const clicks = [400_000, 300_000, 1].map((priceMicros, index) =>
      sampleClick(index + 1, {}, { priceMicros }),
    );
    assert.deepEqual(
      decide(clicks, { ...known, budgets }).map((one) => one.verdict.kind),
      ['free', 'billed', 'free'],
    );
  });

  it('lets an invalid click take nothing from the valid one after it', () => {
    const same = { addressHash: 'one viewer' };
    const decided = decide([sampleClick(1, { ...same, method: 'HEAD' }), sampleClick(2, same)], known);
    assert.deepEqual(
      decided.map((one) => one.verdict.kind),
      ['invalid', 'billed'],
    );
  });

  it('asks for the browser and the system that the ad was served to, as far as both are known', () => {
    const served = { agentFamily: 'Firefox', osFamily: 'Linux' };
    const same = { agentFamily: 'Firefox', osFamily: 'Linux' };
    assert.equal(said(sampleClick(1, same, served)), 'billed');
    assert.equal(said(sampleClick(1, { ...same, agentFamily: 'Chrome' }, served)), 'family-mismatch');
    assert.equal(said(sampleClick(1, { ...same, osFamily: 'Windows' }, served)), 'family-mismatch');
    assert.equal(said(sampleClick(1, {}, served)), 'billed');
    assert.equal(said(sampleClick(1, { agentFamily: 'Chrome' })), 'billed');
  });

  it('goes by the version of the rules that it is given', () => {
    const lenient = { rules: sampleRules({ refuse: new Set() }) };
    for (const change of [{ method: 'HEAD' as const }, { agent: 'curl/8.5.0' }, { insider: true }])
      assert.equal(said(sampleClick(1, change), lenient), 'billed');
    assert.equal(said(sampleClick(1, { token: 'forged' }), lenient), 'forged');
  });

  it('refuses more clicks of one address than the rules allow in a time', () => {
    const rules = sampleRules({ doubleClickWindowMs: 0, viewerRates: [{ windowMs: 60_000, most: 2 }] });
    const at = (seconds: number): Click =>
      sampleClick(seconds + 1, { addressHash: 'one', clickedAtMs: 1_750_000_000_000 + seconds * 1000 });
    const decided = decide([at(0), at(20), at(40), at(70)], { ...known, nowMs: Number.MAX_VALUE, rules });
    assert.deepEqual(
      decided.map(({ verdict }) => ('reason' in verdict ? verdict.reason : verdict.kind)),
      ['billed', 'billed', 'too-many', 'billed'],
    );
  });

  it('is free when the day has no money left or the campaign is over, and another day is another budget', () => {
    const [budget] = known.budgets;
    assert.ok(budget);
    const day = '2025-06-15';
    const days = [{ campaignId: 1, day, spentMicros: 100_000 }];
    const limited = { budgets: [{ ...budget, dayLimitMicros: 300_000 }], days };
    assert.equal(said(sampleClick(1), limited), 'unfunded');
    assert.equal(
      said(sampleClick(1, { clickedAtMs: Date.parse('2025-06-14T12:00:00Z') }), limited),
      'billed',
    );
    const over = { budgets: [{ ...budget, endsAtMs: 1_750_000_000_001 }] };
    assert.equal(said(sampleClick(1), over), 'ended');
    assert.equal(said(sampleClick(1, { clickedAtMs: 1_750_000_000_000 }), over), 'billed');
  });

  it('waits for the view of the impression where the rules ask for one', () => {
    const rules = sampleRules({ viewWaitMs: 60_000 });
    const viewed = new Set([sampleId(0x10_0001)]);
    assert.equal(said(sampleClick(1), { rules }), 'pending');
    assert.equal(said(sampleClick(1), { rules, viewed }), 'billed');
    assert.equal(said(sampleClick(1, { method: 'HEAD' }), { rules }), 'head');
    const waiting = [sampleClick(1), sampleClick(2)];
    const late = decideAll({ fresh: [], pending: waiting }, { ...known, rules, viewed }).pending;
    assert.deepEqual(
      late.map(({ verdict }) => ('reason' in verdict ? verdict.reason : verdict.kind)),
      ['billed', 'no-view'],
    );
  });
});
