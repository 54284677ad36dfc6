import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { reconcile } from '../summary/reconcile.ts';
import { openTestLedger } from './fixtures.ts';
import type { Ledger } from './ledger.ts';
import { migrate, readMigrations } from './migrate.ts';

/** A ledger of the first schema, with a little of everything in it. */
const FIRST_DATA = `
  INSERT INTO advertiser VALUES (1, 'A'), (2, 'B');
  INSERT INTO publisher VALUES (1, 'P');
  INSERT INTO campaign VALUES (1, 1, 'One', 'active', 250000), (2, 1, 'Two', 'active', 0), (3, 2, 'Three', 'ended', 5);
  INSERT INTO budget VALUES (1, 900000, 500000), (2, 10, 0), (3, 0, 0);
  INSERT INTO click
  SELECT ('01980000-0000-7000-8000-00000000000' || n)::uuid, ('01980000-0000-7000-8000-0000000001' || n || '0')::uuid,
    1, 1, 1, 1, 250000, '2025-07-11 01:00Z', '2025-07-11 02:00Z', 'GET', '203.0.113.0/24', 'h' || n, 'other', 'agent',
    'host', 'ad-1', n, CASE WHEN n < 3 THEN 'billed' WHEN n = 3 THEN 'free' ELSE 'invalid' END,
    CASE n WHEN 3 THEN 'unfunded' WHEN 4 THEN 'prefetch' WHEN 5 THEN 'expired' END, 1, '2025-07-11 02:00:01Z'
  FROM generate_series(1, 5) AS n;
  INSERT INTO charge SELECT impression_id, click_id, 1, 250000 FROM click WHERE verdict = 'billed';
  INSERT INTO stat_hour
  SELECT 1, 1, 1, '2025-07-11 02:00Z', verdict, coalesce(reason, ''), count(*), sum(CASE WHEN verdict = 'billed' THEN 250000 ELSE 0 END)
  FROM click GROUP BY verdict, reason;
  INSERT INTO server_run VALUES ('ad-1', '{[1,5]}', '{}', '{}');`;

describe('a ledger of the first schema', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
    await ledger.owner.unsafe('DROP SCHEMA public CASCADE; CREATE SCHEMA public;');
    const [first] = readMigrations();
    assert.ok(first);
    await migrate(ledger.owner, [first]);
    await ledger.owner.unsafe(FIRST_DATA);
    await migrate(ledger.owner);
  });
  after(() => ledger.close());

  it('is balanced after the upgrade, with nothing lost', async () => {
    const books = await reconcile(ledger.sql, { queued: 0, deadLetters: 0 });
    assert.deepEqual([books.inTable, books.billed, books.free, books.invalid], [5, 2, 1, 2]);
    for (const [name, difference] of Object.entries(books.differences)) assert.equal(difference, 0, name);
  });

  it('has its limits as money that was paid in', async () => {
    const rows = await ledger.sql<{ account: string; balance: string }[]>`
      SELECT account_id AS account, credits_micros - debits_micros AS balance FROM account ORDER BY account_id`;
    assert.deepEqual(Object.fromEntries(rows.map((row) => [row.account, Number(row.balance)])), {
      bank: -900_010,
      'earned:1:1': 500_000,
      'hold:1': 400_000,
      'hold:2': 10,
      'hold:3': 0,
      revenue: 0,
      'wallet:1': 0,
      'wallet:2': 0,
    });
  });

  it('has what the rules look at, as far as the verdict tells', async () => {
    const rows = await ledger.sql<{ seq: string; token: string; prefetch: boolean }[]>`
      SELECT seq, token_state AS token, prefetch FROM click ORDER BY seq`;
    assert.deepEqual(
      rows.map((row) => [row.token, row.prefetch]),
      [
        ['ok', false],
        ['ok', false],
        ['ok', false],
        ['ok', true],
        ['expired', false],
      ],
    );
  });
});
