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

/** Empties what clicks fill, and gives every budget its limit: `limitMicros`. */
export async function resetLedger(ledger: Ledger, limitMicros = 1_000_000_000): Promise<void> {
  await ledger.sql`TRUNCATE charge, click, stat_hour, server_run`;
  await ledger.sql`UPDATE budget SET spent_micros = 0, limit_micros = ${limitMicros}`;
  await ledger.sql`UPDATE campaign SET state = 'active'`;
}
