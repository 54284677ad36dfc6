import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick, sampleId } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import type { RunAccount } from '../server/run-account.ts';
import { readFigures } from './figures.ts';
import { reconcileHours } from './hours.ts';
import { isBalanced, reconcile } from './reconcile.ts';
import { recordRuns } from './runs.ts';

/** The owner may let go of what keeps the ledger from being changed. */
const OPEN = 'ALTER TABLE charge DISABLE TRIGGER USER; ALTER TABLE transfer DISABLE TRIGGER USER;';

const EMPTY = { queued: 0, deadLetters: 0 };

describe('the reconciliation', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(() => resetLedger(ledger));

  it('balances when every posted click is in the table, in the queue or among the dead letters', async () => {
    await charge(1, 2, 3);
    await recordRuns(ledger.sql, [account({ posted: [[1, 5]] })]);
    const books = await reconcile(ledger.sql, { queued: 1, deadLetters: 1 });
    assert.deepEqual([books.posted, books.inTable, books.billed], [5, 3, 3]);
    assert.ok(isBalanced(books));
  });

  it('finds a click that was posted and is nowhere', async () => {
    await charge(1, 3);
    await recordRuns(ledger.sql, [account({ posted: [[1, 3]] })]);
    const books = await reconcile(ledger.sql, EMPTY);
    assert.equal(books.differences.postedAndFound, 1);
    assert.deepEqual(books.ids['postedAndFound'], ['ad-1:2']);
    assert.ok(!isBalanced(books));
  });

  it('balances after a kill, whether a click without confirmation arrived or not', async () => {
    await charge(1, 2);
    await recordRuns(ledger.sql, [account({ posted: [[1, 1]], unknown: [[2, 3]] })]);
    const books = await reconcile(ledger.sql, EMPTY);
    assert.deepEqual([books.posted, books.arrivedUnconfirmed], [2, 1]);
    assert.ok(isBalanced(books));
  });

  it('finds a click with a number that nobody gave out, of a known run or of none, and a number given twice', async () => {
    await charge(1, 2);
    await chargeClicks(ledger.sql, [sampleClick(3, { serverId: 'stranger' }), sampleClick(4, { seq: 1 })]);
    await recordRuns(ledger.sql, [account({ posted: [[1, 1]] })]);
    assert.equal((await reconcile(ledger.sql, EMPTY)).differences.unaccountedNumbers, 3);
  });

  it('takes the newest account of a run', async () => {
    await charge(1, 2);
    await recordRuns(ledger.sql, [account({ posted: [[1, 1]] })]);
    await recordRuns(ledger.sql, [account({ posted: [[1, 2]] })]);
    assert.ok(isBalanced(await reconcile(ledger.sql, EMPTY)));
  });

  for (const [difference, damage, id] of [
    ['charges', 'DELETE FROM charge', sampleId(1)],
    ['transfers', "DELETE FROM transfer WHERE kind = 'charge'", `charge:${sampleId(0x10_0001)}`],
    ['accounts', "UPDATE account SET debits_micros = 1 WHERE account_id = 'bank'", 'bank'],
    ['budgets', 'UPDATE budget SET spent_micros = 1 WHERE campaign_id = 1', '1'],
    ['statistics', 'UPDATE stat_hour SET clicks = clicks + 1', '1 11 1 2025-06-15T15Z billed '],
  ] as const) {
    it(`finds damage: ${damage}`, async () => {
      await charge(1);
      await recordRuns(ledger.sql, [account({ posted: [[1, 1]] })]);
      assert.ok(isBalanced(await reconcile(ledger.sql, EMPTY)));
      await ledger.owner.unsafe(`${OPEN} ${damage}`);
      const books = await reconcile(ledger.sql, EMPTY);
      assert.deepEqual([books.differences[difference], books.ids[difference]], [1, [id]]);
      const [kept] = await ledger.sql`SELECT balanced FROM recon_run ORDER BY recon_id DESC LIMIT 1`;
      assert.equal(kept?.['balanced'], false);
    });
  }

  it('can be made for each campaign and hour, on all sides', async () => {
    await chargeClicks(ledger.sql, [
      sampleClick(1),
      sampleClick(2, { method: 'HEAD' }),
      sampleClick(3, { clickedAtMs: 1_750_000_000_000 - 3_600_000 }, { campaignId: 2, priceMicros: 400_000 }),
    ]);
    const hours = () => reconcileHours(ledger.sql, { fromMs: 1.7e12, untilMs: 1.8e12 });
    assert.deepEqual(
      (await hours()).map((hour) => [
        hour.campaignId,
        hour.clicks,
        hour.charges,
        hour.unbilled,
        hour.chargedMicros,
      ]),
      [
        [1, 2, 1, 1, 250_000],
        [2, 1, 1, 0, 400_000],
      ],
    );
    assert.ok((await hours()).every((hour) => hour.balanced));
    await ledger.owner.unsafe(
      `${OPEN} DELETE FROM transfer WHERE kind = 'charge' AND amount_micros = 400000`,
    );
    assert.deepEqual(
      (await hours()).map((hour) => hour.balanced),
      [true, false],
    );
  });

  it('comes with the figures of one run of the ad server', async () => {
    const twice = { addressHash: 'viewer-1', seq: 2 };
    await chargeClicks(ledger.sql, [
      sampleClick(1),
      sampleClick(2, twice),
      sampleClick(3, { method: 'HEAD' }),
    ]);
    await chargeClicks(ledger.sql, [sampleClick(4, { serverId: 'another' })]);
    const figures = await readFigures(ledger.sql, 'ad-1');
    assert.deepEqual([figures.charged, figures.chargedMicros], [1, 250_000]);
    assert.deepEqual(figures.notCharged, [
      { reason: 'double-click', clicks: 1 },
      { reason: 'head', clicks: 1 },
    ]);
    assert.ok((figures.latencyMs?.p50 ?? 0) > 0);
  });

  async function charge(...numbers: readonly number[]): Promise<void> {
    await chargeClicks(
      ledger.sql,
      numbers.map((number) => sampleClick(number)),
    );
  }
});

function account(change: Partial<RunAccount>): RunAccount {
  return { serverId: 'ad-1', posted: [], unknown: [], spooled: [], refused: [], ...change };
}
