import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import type { Click } from '../click-processor/click.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { closeDay } from '../ledger/closing.ts';
import { byReason, chargedOf, clicksOf, CountedClicks } from './counted-clicks.ts';

const DAY_MS = 86_400_000;

describe('counted clicks', () => {
  let ledger: Ledger;
  const counted = new CountedClicks(1);
  const ofAll = new CountedClicks();
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  it('are the same sums before and after a day is closed, with what comes late', async () => {
    const today = Date.now();
    const yesterday = today - DAY_MS;
    await chargeClicks(ledger.sql, [
      click(1, yesterday),
      click(2, yesterday, { method: 'HEAD' }),
      click(3, today),
    ]);
    await chargeClicks(ledger.sql, [
      sampleClick(4, { clickedAtMs: today, token: 'forged', served: undefined } as never),
    ]);
    assert.deepEqual(await sums(), [2, 1, 500_000, 'head 1']);
    assert.equal(await closeDay(ledger.sql, new Date(yesterday).toISOString().slice(0, 10)), 'closed');
    assert.deepEqual(await sums(), [2, 1, 500_000, 'head 1']);
    await chargeClicks(ledger.sql, [click(5, yesterday)]);
    assert.deepEqual(await sums(), [3, 1, 750_000, 'head 1']);
    assert.deepEqual(
      byReason(await ofAll.read(ledger.sql)).map(({ reason }) => reason),
      ['forged', 'head'],
    );
  });

  it('of closed days are not read again', async () => {
    await ledger.owner`UPDATE stat_hour SET clicks = clicks + 100 WHERE NOT adjustment`;
    const [billed] = await sums();
    assert.equal(billed, 103);
  });

  function click(number: number, clickedAtMs: number, change: Partial<Click> = {}): Click {
    return sampleClick(number, { clickedAtMs, ...change }, { servedAtMs: clickedAtMs - 1000 });
  }

  async function sums(): Promise<readonly unknown[]> {
    const all = await counted.read(ledger.sql);
    const reasons = byReason(all).map(({ reason, clicks }) => `${reason} ${clicks}`);
    return [clicksOf(all, 'billed'), clicksOf(all, 'invalid'), chargedOf(all), reasons.join()];
  }
});
