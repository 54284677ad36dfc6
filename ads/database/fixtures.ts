import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmodSync } from 'node:fs';
import { openLedger, type Ledger } from './ledger.ts';
import { seedDemo } from './demo.ts';

/** A ledger in a directory of its own, with the demo network in it; `close` also removes the directory. */
export async function openTestLedger(): Promise<Ledger> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-ads-'));
  chmodSync(directory, 0o755);
  const ledger = await openLedger({ directory, fast: true });
  await seedDemo(ledger.sql);
  const close = async (): Promise<void> => {
    await ledger.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...ledger, close };
}

/** Empties what clicks and payments fill, and gives every budget its limit: `limitMicros`. */
export async function resetLedger(ledger: Ledger, limitMicros = 1_000_000_000): Promise<void> {
  await ledger.owner.unsafe(`
    TRUNCATE charge, click, impression, credit, transfer, account, share, ledger_event, stat_hour, server_run, budget_day,
      outbox, alert, statement, recon_run;
    UPDATE books SET closed_through = NULL, divided_through = NULL, ids_tell_time = true;
    UPDATE publisher SET share_ppm = DEFAULT;
    DELETE FROM rule_set WHERE version > 2;
    UPDATE campaign SET state = 'active', day_limit_micros = NULL, ends_at = NULL;
    UPDATE budget SET spent_micros = 0, limit_micros = ${limitMicros}, stopped = false, told_at = NULL;
    INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
    SELECT kind || ' ' || campaign_id, kind, from_account, to_account, ${limitMicros}, now(), 0
    FROM campaign, LATERAL (VALUES ('deposit', 'bank', 'wallet:' || advertiser_id),
      ('fund', 'wallet:' || advertiser_id, 'hold:' || campaign_id)) AS moved (kind, from_account, to_account)
    WHERE ${limitMicros} > 0;
    INSERT INTO account (account_id, debits_micros, credits_micros)
    SELECT account_id, sum(debit), sum(credit)
    FROM (SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM transfer
          UNION ALL SELECT credit_account, 0, amount_micros FROM transfer
          UNION ALL SELECT unnest(ARRAY['bank', 'revenue']), 0, 0
          UNION ALL SELECT 'hold:' || campaign_id, 0, 0 FROM campaign) AS side
    GROUP BY account_id`);
}
