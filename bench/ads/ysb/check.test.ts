import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differenceOf, expectedOf, latenessOf } from './check.ts';
import { WINDOW_MS } from './event.ts';

const SCRIPT = { seed: 7, startMs: 1_790_000_000_000, rate: 1000, seconds: 20 };
const MONEY = { event: 'click', isMoney: true } as const;

describe('what a run of the benchmark must give', () => {
  const expected = expectedOf(SCRIPT, MONEY);

  it('follows from its script: a third of the events, in two windows of a hundred campaigns', () => {
    assert.equal(expected.length, 200);
    const events = expected.reduce((sum, one) => sum + one.events, 0);
    assert.ok(events > 6000 && events < 7300, String(events));
    assert.deepEqual(expectedOf(SCRIPT, MONEY), expected);
    assert.notDeepEqual(expectedOf({ ...SCRIPT, seed: 8 }, MONEY), expected);
  });

  it('has half of its events in one campaign when campaigns follow Zipf', () => {
    const skewed = expectedOf({ ...SCRIPT, isSkewed: true }, MONEY);
    const all = skewed.reduce((sum, one) => sum + one.events, 0);
    const first = skewed.filter((one) => one.campaignId === 1001).reduce((sum, one) => sum + one.events, 0);
    assert.ok(Math.abs(first / all - 0.5) < 0.03, `${first} of ${all}`);
    assert.ok(skewed.length > 120);
  });

  it('is compared window by window: what one has too few, another does not make up for', () => {
    const [first, second, ...others] = expected;
    assert.ok(first && second);
    const moved = [
      { ...first, events: first.events - 2 },
      { ...second, events: second.events + 2 },
      ...others,
    ];
    assert.deepEqual(differenceOf(expected, moved), { missing: 2, extra: 2, wrongMoney: 0 });
    assert.deepEqual(differenceOf(expected, others), {
      ...{ missing: first.events + second.events, extra: 0, wrongMoney: 2 },
    });
    assert.deepEqual(differenceOf(expected, [{ ...first, micros: first.micros + 1 }, second, ...others]), {
      ...{ missing: 0, extra: 0, wrongMoney: 1 },
    });
  });

  it('is late after the end of its window, and after its last event', () => {
    const written = expected.map((one) => ({ ...one, lastMs: one.windowMs + WINDOW_MS + 40 }));
    const { afterEndMs, afterLastMs } = latenessOf(expected, written);
    assert.ok(afterEndMs.every((ms) => ms === 40));
    assert.ok(afterLastMs.every((ms) => ms > 40));
  });
});
