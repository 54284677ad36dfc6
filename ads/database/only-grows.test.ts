import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger } from './fixtures.ts';
import type { Ledger } from './ledger.ts';

describe('the ledger', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
    await chargeClicks(ledger.sql, [sampleClick(1)]);
  });
  after(() => ledger.close());

  for (const table of ['transfer', 'charge', 'credit', 'ledger_event', 'click', 'impression', 'account']) {
    it(`gives the application no right to remove or empty ${table}`, async () => {
      await assert.rejects(ledger.sql.unsafe(`DELETE FROM ${table}`), /permission denied/);
      await assert.rejects(ledger.sql.unsafe(`TRUNCATE ${table}`), /permission denied/);
    });
  }

  for (const change of [
    'UPDATE transfer SET amount_micros = 1',
    "UPDATE charge SET period = '2026-01-01'",
    "UPDATE ledger_event SET kind = 'money'",
    "UPDATE account SET account_id = 'bank'",
    'UPDATE click SET price_micros = 1',
    'UPDATE rule_set SET definition = definition',
    'DROP TABLE transfer',
    'ALTER TABLE transfer DISABLE TRIGGER USER',
  ]) {
    it(`refuses the application: ${change}`, async () => {
      await assert.rejects(ledger.sql.unsafe(change), /permission denied|must be owner/);
    });
  }

  for (const change of [
    'UPDATE transfer SET amount_micros = 1',
    'DELETE FROM transfer',
    'DELETE FROM charge',
    'DELETE FROM click',
    'DELETE FROM click_default',
    'DELETE FROM ledger_event',
    "UPDATE click SET verdict = 'free', reason = 'ended'",
  ]) {
    it(`refuses even its owner: ${change}`, async () => {
      await assert.rejects(ledger.owner.unsafe(change), /never changed/);
    });
  }

  it('lets a pending click get its verdict once, and nothing else of it be changed', async () => {
    const changed = `{"click_id": "01900000-0000-7000-8000-0000000000ff", "verdict": "pending", "decided_in": null}`;
    await ledger.owner`
      INSERT INTO click SELECT (jsonb_populate_record(click, ${changed}::text::jsonb)).* FROM click LIMIT 1`;
    const pending = "WHERE click_id = '01900000-0000-7000-8000-0000000000ff'";
    const decided = "verdict = 'invalid', reason = 'no-view', decided_in = 9";
    await assert.rejects(
      ledger.owner.unsafe(`UPDATE click SET ${decided}, seq = 9 ${pending}`),
      /never changed/,
    );
    await ledger.sql.unsafe(`UPDATE click SET ${decided} ${pending}`);
    await assert.rejects(ledger.sql.unsafe(`UPDATE click SET ${decided} ${pending}`), /never changed/);
  });

  it('takes no account below zero, except the bank, and no movement of nothing or to itself', async () => {
    const overdrawn = ledger.sql`UPDATE account SET debits_micros = credits_micros + 1 WHERE account_id = 'hold:1'`;
    await assert.rejects(overdrawn, /never_overdrawn/);
    for (const [to, amount] of [
      ['revenue', 0],
      ['revenue', -5],
      ['bank', 5],
    ] as const) {
      const moved = ledger.sql`
        INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
        VALUES ('x', 'deposit', 'bank', ${to}, ${amount}, now(), 1)`;
      await assert.rejects(moved, /violates check constraint/);
    }
  });
});
