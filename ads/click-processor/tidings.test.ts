import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Budget, BudgetDay } from './known.ts';
import type { Told } from './standing.ts';
import { tidingsOf, type Tiding } from './tidings.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');
const campaign: Budget & Told = {
  campaignId: 7,
  advertiserId: 1,
  active: true,
  limitMicros: 1_000_000,
  spentMicros: 100_000,
  priceMicros: 250_000,
  stopped: false,
  toldAtMs: NOW_MS - 1000,
};

function tiding(
  change: Partial<Budget & Told>,
  after: Partial<Budget> = {},
  days: BudgetDay[] = [],
): Tiding | undefined {
  const before = { ...campaign, ...change };
  return tidingsOf({ budgets: [before], nowMs: NOW_MS }, { budgets: [{ ...before, ...after }], days })[0];
}

describe('what others are told of a campaign', () => {
  it('is nothing while it can pay and was told of lately', () => {
    assert.equal(tiding({}, { spentMicros: 200_000 }), undefined);
  });

  it('is that it stops as soon as it cannot afford its next click, and only once', () => {
    const told = tiding({}, { spentMicros: 750_001 });
    assert.deepEqual([told?.isNews, told?.stopped, told?.reason], [true, true, 'exhausted']);
    assert.equal(tiding({}, { spentMicros: 750_000 })?.isNews, undefined);
    assert.equal(tiding({ stopped: true }, { spentMicros: 750_001 })?.isNews, undefined);
  });

  it('is that it stops until midnight when the day has no money left', () => {
    const days = [
      { campaignId: 7, day: '2026-01-31', spentMicros: 60_000 },
      { campaignId: 7, day: '2026-01-30', spentMicros: 900_000 },
      { campaignId: 8, day: '2026-01-31', spentMicros: 900_000 },
    ];
    const told = tiding({ dayLimitMicros: 300_000 }, {}, days);
    assert.deepEqual([told?.reason, told?.until], ['day-exhausted', '2026-02-01T00:00:00.000Z']);
    assert.equal(tiding({ dayLimitMicros: 310_000 }, {}, days), undefined);
  });

  it('is that it stops when it is paused or over, and that it goes on when it can again', () => {
    assert.equal(tiding({}, { active: false })?.reason, 'paused');
    assert.equal(tiding({}, { endsAtMs: NOW_MS })?.reason, 'ended');
    const resumed = tiding({ stopped: true });
    assert.deepEqual([resumed?.isNews, resumed?.stopped, resumed?.reason], [true, false, undefined]);
  });

  it('is its figures every five seconds, and at once when four fifths or nearly all is spent', () => {
    assert.equal(tiding({ toldAtMs: NOW_MS - 5000 })?.figures, true);
    const cheap = { priceMicros: 1 };
    assert.equal(tiding(cheap, { spentMicros: 799_999 }), undefined);
    assert.equal(tiding(cheap, { spentMicros: 800_000 })?.figures, true);
    assert.equal(tiding({ ...cheap, spentMicros: 800_000 }, { spentMicros: 949_999 }), undefined);
    assert.equal(tiding({ ...cheap, spentMicros: 800_000 }, { spentMicros: 950_000 })?.figures, true);
  });
});
