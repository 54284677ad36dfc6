import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { uuid7 } from '../server/uuid7.ts';
import { sampleClick } from './fixtures/sample-click.ts';
import { idsOfClicksOn, tellsTime, timeOfId } from './id-time.ts';

const DAY_MS = 86_400_000;

describe('the time in ids', () => {
  const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 });

  it('is the one that the id was made at', () => {
    fc.assert(fc.property(moment, (ms) => timeOfId(uuid7(ms)) === ms));
  });

  it('bounds the ids of all clicks on an impression that tell their time', () => {
    const sinceMs = fc.integer({ min: -2 * DAY_MS, max: 32 * DAY_MS });
    const property = fc.property(fc.array(moment, { minLength: 1 }), sinceMs, (shownMs, since) => {
      const impressions = shownMs.map(uuid7).toSorted();
      const { from, to } = idsOfClicksOn(impressions);
      for (const impressionId of impressions) {
        const clickedAtMs = Math.max(0, Math.min(2 ** 48 - 1, timeOfId(impressionId) + since));
        const clickId = uuid7(clickedAtMs);
        const tells = tellsTime(sampleClick(1, { clickId, clickedAtMs }, { impressionId }));
        const sinceShownMs = clickedAtMs - timeOfId(impressionId);
        assert.equal(tells, sinceShownMs >= -DAY_MS && sinceShownMs <= 30 * DAY_MS);
        if (tells) assert.ok(from <= clickId && clickId <= to);
      }
    });
    fc.assert(property);
  });

  it('is not told by ids of other times, and does not matter where a token named nothing', () => {
    const click = sampleClick(1);
    assert.equal(tellsTime(click), false);
    const { served: _, ...untrusted } = click;
    assert.equal(tellsTime(untrusted), true);
  });
});
