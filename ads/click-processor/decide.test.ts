import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Click } from './click.ts';
import { decide } from './decide.ts';
import { sampleClick } from './fixtures/sample-click.ts';

const known = {
  budgets: [{ campaignId: 1, active: true, limitMicros: 10_000_000, spentMicros: 0 }],
  counted: [],
};

function said(click: Click): string {
  const [decided] = decide([click], known);
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
      decide(clicks, { budgets, counted: [] }).map((one) => one.verdict.kind),
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
});
