import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmodSync } from 'node:fs';
import { openLedger, type Ledger } from './ledger.ts';
import { seedDemo } from './demo.ts';
import { deposit, fundCampaign } from '../ledger/money.ts';

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
  const { owner } = ledger;
  await owner`
    TRUNCATE charge, click, impression, credit, transfer, account, ledger_event, stat_hour, server_run, budget_day,
      outbox, alert, statement, recon_run`;
  await owner`UPDATE books SET closed_through = NULL`;
  await owner`DELETE FROM rule_set WHERE version > 2`;
  await owner`
    INSERT INTO account (account_id)
    SELECT unnest(ARRAY['bank', 'revenue']) UNION ALL SELECT 'hold:' || campaign_id FROM campaign`;
  await owner`UPDATE budget SET spent_micros = 0, limit_micros = 0, stopped = false, told_at = NULL`;
  await owner`UPDATE campaign SET state = 'active', day_limit_micros = NULL, ends_at = NULL`;
  if (limitMicros === 0) return;
  const campaigns = await owner<{ id: number; advertiser: number }[]>`
    SELECT campaign_id AS id, advertiser_id AS advertiser FROM campaign`;
  for (const { id, advertiser } of campaigns) {
    await deposit(owner, advertiser, { key: `test:${id}`, amountMicros: limitMicros });
    await fundCampaign(owner, id, { key: `test:${id}`, amountMicros: limitMicros });
  }
}
