import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { isBalanced, reconcile } from '../summary/reconcile.ts';
import { recordRuns } from '../summary/runs.ts';
import { createCampaign, readSettings, updateCampaign } from './campaigns.ts';
import { deposit, fundCampaign, withdrawFromCampaign } from './money.ts';
import { NotEnoughMoney } from './transfer.ts';

describe('the money of a campaign', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(() => resetLedger(ledger, 0));

  it('comes from the wallet of its advertiser, and goes back there', async () => {
    assert.equal(await deposit(ledger.sql, 1, { key: 'a', amountMicros: 900_000 }), true);
    assert.equal(await fundCampaign(ledger.sql, 1, { key: 'b', amountMicros: 600_000 }), true);
    await chargeClicks(ledger.sql, [sampleClick(1)]);
    assert.equal(await withdrawFromCampaign(ledger.sql, 1, { key: 'c', amountMicros: 350_000 }), true);
    assert.deepEqual(await balances(), { wallet: 650_000, hold: 0, earned: 250_000 });
    assert.deepEqual(await budget(), { limit: 250_000, spent: 250_000 });
    await recordRuns(ledger.sql, [{ serverId: 'ad-1', posted: [[1, 1]], unknown: [], refused: [] }]);
    assert.ok(isBalanced(await reconcile(ledger.sql, { queued: 0, deadLetters: 0 })));
  });

  it('moves once for one key', async () => {
    for (const isFirst of [true, false]) {
      assert.equal(await deposit(ledger.sql, 1, { key: 'a', amountMicros: 500 }), isFirst);
      assert.equal(await fundCampaign(ledger.sql, 1, { key: 'a', amountMicros: 300 }), isFirst);
      assert.equal(await withdrawFromCampaign(ledger.sql, 1, { key: 'a', amountMicros: 100 }), isFirst);
    }
    assert.deepEqual(
      [await balances(), await budget()],
      [
        { wallet: 300, hold: 200 },
        { limit: 200, spent: 0 },
      ],
    );
  });

  it('is never more than there is, and a refusal changes nothing', async () => {
    await deposit(ledger.sql, 1, { key: 'a', amountMicros: 500_000 });
    await assert.rejects(fundCampaign(ledger.sql, 1, { key: 'b', amountMicros: 500_001 }), NotEnoughMoney);
    await fundCampaign(ledger.sql, 1, { key: 'c', amountMicros: 300_000 });
    await chargeClicks(ledger.sql, [sampleClick(1)]);
    await assert.rejects(
      withdrawFromCampaign(ledger.sql, 1, { key: 'd', amountMicros: 50_001 }),
      NotEnoughMoney,
    );
    assert.deepEqual(await budget(), { limit: 300_000, spent: 250_000 });
    assert.deepEqual(await balances(), { wallet: 200_000, hold: 50_000, earned: 250_000 });
  });

  it('moves rightly when payments and clicks come at the same time', async () => {
    await deposit(ledger.sql, 1, { key: 'all', amountMicros: 5_000_000 });
    const work = Array.from({ length: 10 }, async (_, index) => {
      await fundCampaign(ledger.sql, 1 + (index % 2), { key: `f${index}`, amountMicros: 500_000 });
      await chargeClicks(ledger.sql, [sampleClick(index + 1, {}, { campaignId: 1 + (index % 2) })]);
    });
    await Promise.all(work);
    await recordRuns(ledger.sql, [{ serverId: 'ad-1', posted: [[1, 10]], unknown: [], refused: [] }]);
    const books = await reconcile(ledger.sql, { queued: 0, deadLetters: 0 });
    assert.deepEqual([books.billed, isBalanced(books)], [10, true], JSON.stringify(books));
  });

  it('is spent by the settings that hold when a click is charged', async () => {
    await createCampaign(ledger.sql, {
      campaignId: 77,
      advertiserId: 2,
      name: 'New',
      state: 'active',
      priceMicros: 10,
    });
    await deposit(ledger.sql, 2, { key: 'a', amountMicros: 1000 });
    await fundCampaign(ledger.sql, 77, { key: 'a', amountMicros: 1000 });
    const click = (number: number) => sampleClick(number, {}, { campaignId: 77, priceMicros: 10 });
    await chargeClicks(ledger.sql, [click(1)]);
    assert.equal(await updateCampaign(ledger.sql, 77, { state: 'paused' }), true);
    await chargeClicks(ledger.sql, [click(2)]);
    const settings = { name: 'New', state: 'active', priceMicros: 10, dayLimitMicros: 20 } as const;
    assert.equal(await updateCampaign(ledger.sql, 77, settings), true);
    await chargeClicks(ledger.sql, [click(3), click(4)]);
    const rows = await ledger.sql`SELECT coalesce(reason, verdict) AS said FROM click ORDER BY seq`;
    assert.deepEqual(
      rows.map((row) => row['said']),
      ['billed', 'ended', 'billed', 'unfunded'],
    );
    assert.deepEqual(await readSettings(ledger.sql, 77), { ...settings, endsAtMs: undefined });
    assert.equal(await updateCampaign(ledger.sql, 999, { state: 'paused' }), false);
  });

  it('keeps a pause that comes while somebody changes the price', async () => {
    const done = await ledger.sql.begin(async (pausing) => {
      await pausing`SELECT 1 FROM budget WHERE campaign_id = 1 FOR UPDATE`;
      const changing = updateCampaign(ledger.sql, 1, { priceMicros: 123 });
      await untilOneWaits();
      await pausing`UPDATE campaign SET state = 'paused' WHERE campaign_id = 1`;
      return { changing };
    });
    assert.equal(await done.changing, true);
    const { state, priceMicros } = (await readSettings(ledger.sql, 1)) ?? {};
    assert.deepEqual([state, priceMicros], ['paused', 123]);
  });

  /** Resolves when a transaction waits for a lock of another. */
  async function untilOneWaits(): Promise<void> {
    for (;;) {
      const waiting = await ledger.owner`SELECT 1 FROM pg_locks WHERE NOT granted`;
      if (waiting.length > 0) return;
    }
  }

  async function balances(): Promise<Record<string, number>> {
    const rows = await ledger.sql<{ kind: string; balance: string }[]>`
      SELECT kind, sum(credits_micros - debits_micros) AS balance FROM account
      WHERE account_id IN ('wallet:1', 'hold:1', 'earned:1:1') GROUP BY kind`;
    return Object.fromEntries(rows.map((row) => [row.kind, Number(row.balance)]));
  }

  async function budget(): Promise<{ limit: number; spent: number }> {
    const [row] = await ledger.sql`SELECT limit_micros, spent_micros FROM budget WHERE campaign_id = 1`;
    return { limit: Number(row?.['limit_micros']), spent: Number(row?.['spent_micros']) };
  }
});
