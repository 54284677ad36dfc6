import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick, sampleId } from '../click-processor/fixtures/sample-click.ts';
import type { Served } from '../click-processor/click.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { isEqual, rebuild } from '../rebuild/rebuild.ts';
import { isBalanced, reconcile } from '../summary/reconcile.ts';
import { recordRuns } from '../summary/runs.ts';
import { Chance } from '../traffic/chance.ts';
import { closeDay } from './closing.ts';
import { creditClicks } from './credits.ts';
import { setShare } from './shares.ts';

const DAY_MS = 86_400_000;
/** In the day 2025-06-15. */
const FIRST_MS = 1_750_000_000_000;

describe('what clicks earn', () => {
  let ledger: Ledger;
  let clicks: number;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(async () => {
    await resetLedger(ledger);
    clicks = 0;
  });

  it('is divided when its day is closed: the publisher’s share is rounded down, and the rest is ours', async () => {
    await setShare(ledger.sql, 2, 333_333);
    await click({ priceMicros: 101, publisherId: 1 });
    await click({ priceMicros: 100, publisherId: 2 });
    await click({ priceMicros: 10, publisherId: 2, campaignId: 3 });
    await click({ priceMicros: 55, publisherId: 99 });
    await click({ priceMicros: 1000, publisherId: 1 }, 1);
    assert.deepEqual(await balances(), {
      'earned:1:1': 1101,
      'earned:1:2': 100,
      'earned:1:99': 55,
      'earned:3:2': 10,
    });
    assert.equal(await closeDay(ledger.sql, '2025-06-15'), 'closed');
    const divided = { 'payable:1': 70, 'payable:2': 33 + 3, revenue: 31 + 67 + 7 + 55 };
    assert.deepEqual(await balances(), { 'earned:1:1': 1000, ...divided });
    assert.equal(await closeDay(ledger.sql, '2025-06-15'), 'closed-before');
    assert.deepEqual(await balances(), { 'earned:1:1': 1000, ...divided });
    await assertWhole();
  });

  it('goes by the share that holds when its day is closed', async () => {
    await click({ priceMicros: 1000 });
    await click({ priceMicros: 1000 }, 1);
    await closeDay(ledger.sql, '2025-06-15');
    assert.equal(await setShare(ledger.sql, 1, 500_000), true);
    assert.equal(await setShare(ledger.sql, 77, 500_000), false);
    await closeDay(ledger.sql, '2025-06-16');
    assert.deepEqual(await balances(), { 'payable:1': 700 + 500, revenue: 300 + 500 });
    await assertWhole();
  });

  it('is not divided when it was given back before', async () => {
    await click({ priceMicros: 1000 });
    await click({ priceMicros: 10 });
    await giveBack([1]);
    await closeDay(ledger.sql, '2025-06-15');
    assert.deepEqual(await balances(), { 'payable:1': 7, revenue: 3 });
    await assertWhole();
  });

  it('comes back from both sides when it is given back afterwards, to the micro-unit', async () => {
    await setShare(ledger.sql, 1, 999_999);
    for (let number = 0; number < 5; number += 1) await click({ priceMicros: 1 });
    await closeDay(ledger.sql, '2025-06-15');
    assert.deepEqual(await balances(), { 'payable:1': 4, revenue: 1 });
    for (const [number, left] of [
      [1, { 'payable:1': 3, revenue: 1 }],
      [2, { 'payable:1': 2, revenue: 1 }],
      [3, { 'payable:1': 1, revenue: 1 }],
      [4, { revenue: 1 }],
      [5, {}],
    ] as const) {
      await giveBack([number]);
      await giveBack([number]);
      assert.deepEqual(await balances(), left);
    }
    await assertWhole();
  });

  it('stays whole whatever is charged, closed and given back, and follows from the clicks', async () => {
    const chance = new Chance(5);
    for (let day = 0; day < 3; day += 1) {
      for (const id of [1, 2, 3]) await setShare(ledger.sql, id, chance.below(1_000_001));
      await Promise.all(Array.from({ length: 12 }, () => anyClick(chance, day)));
      await giveBack([1 + chance.below(clicks), 1 + chance.below(clicks)]);
      await closeDay(ledger.sql, new Date(FIRST_MS + day * DAY_MS).toISOString().slice(0, 10));
      // Of several campaigns at the same time, whose publishers are the same.
      await Promise.all([1, 2, 3, 4].map(() => giveBack([1 + chance.below(clicks)])));
    }
    await anyClick(chance, 0);
    await assertWhole();
  });

  for (const [damage, ids] of [
    ['DELETE FROM share', ['earned:1:1 2025-06-15', 'payable:1', 'revenue']],
    [
      'UPDATE share SET earned_micros = 900, publisher_micros = 630',
      ['earned:1:1 2025-06-15', 'payable:1', 'revenue'],
    ],
    ["UPDATE account SET debits_micros = 1 WHERE account_id = 'revenue'", ['revenue']],
    ["UPDATE account SET credits_micros = 1001 WHERE account_id = 'earned:1:1'", ['earned:1:1']],
  ] as const) {
    it(`is compared with what was divided: ${damage} is found`, async () => {
      await click({ priceMicros: 1000 });
      await closeDay(ledger.sql, '2025-06-15');
      await ledger.owner.unsafe(damage);
      const books = await reconcile(ledger.sql, { queued: 1, deadLetters: 0 });
      assert.deepEqual(books.ids['shares'], ids);
    });
  }

  async function anyClick(chance: Chance, day: number): Promise<void> {
    const served = { campaignId: 1 + chance.below(3), publisherId: 1 + chance.below(3) };
    await click({ ...served, priceMicros: 1 + chance.below(1000) }, day);
  }

  async function click(served: Partial<Served>, day = 0): Promise<void> {
    clicks += 1;
    const clickedAtMs = FIRST_MS + day * DAY_MS;
    await chargeClicks(ledger.sql, [sampleClick(clicks, { clickedAtMs }, served)]);
  }

  /** Whatever campaigns they are of; what was given back already stays as it is. */
  async function giveBack(numbers: readonly number[]): Promise<void> {
    const ids = numbers.map(sampleId);
    const findings = await ledger.sql<{ clickId: string; campaignId: number; amountMicros: number }[]>`
      SELECT click_id AS "clickId", campaign_id AS "campaignId", amount_micros::float8 AS "amountMicros"
      FROM charge WHERE click_id = ANY(${ids}::uuid[])`;
    const reasoned = findings.map((finding) => ({ ...finding, reason: 'bot' as const }));
    await creditClicks(ledger.sql, 9, reasoned);
  }

  /** What the accounts of earnings hold, without the empty ones. */
  async function balances(): Promise<Record<string, number>> {
    const rows = await ledger.sql<{ id: string; micros: number }[]>`
      SELECT account_id AS id, (credits_micros - debits_micros)::float8 AS micros FROM account
      WHERE kind IN ('earned', 'payable', 'revenue') AND credits_micros <> debits_micros ORDER BY account_id`;
    return Object.fromEntries(rows.map(({ id, micros }) => [id, micros]));
  }

  async function assertWhole(): Promise<void> {
    await recordRuns(ledger.sql, [{ serverId: 'ad-1', posted: [[1, clicks]], unknown: [], refused: [] }]);
    const books = await reconcile(ledger.sql, { queued: 0, deadLetters: 0 });
    assert.ok(isBalanced(books), JSON.stringify(books));
    const rebuilt = await rebuild(ledger);
    assert.ok(isEqual(rebuilt), JSON.stringify(rebuilt.tables.filter(({ differing }) => differing > 0)));
  }
});
