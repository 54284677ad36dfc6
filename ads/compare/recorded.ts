import { setTimeout as sleep } from 'node:timers/promises';
import type { Ground } from './ground.ts';

/** How clicks of one run came into the ledger. */
export interface Recorded {
  readonly clicks: number;
  readonly billed: number;
  /** From the click to its record. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** From the first record to the last. */
  readonly seconds: number;
}

const PATIENCE_MS = 180_000;

/** Waits until the ledger has `count` clicks of the run. Throws when it does not get them in three minutes. */
export async function recorded({ ledger }: Ground, serverId: string, count: number): Promise<Recorded> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const [row] = await ledger.sql<{ clicks: string }[]>`
      SELECT count(*) AS clicks FROM click WHERE server_id = ${serverId}`;
    if (Number(row?.clicks) >= count) return figures(ledger, serverId);
    await sleep(100);
  }
  throw new Error(`Not all of the ${count} clicks of ${serverId} came into the ledger.`);
}

async function figures({ sql }: Ground['ledger'], serverId: string): Promise<Recorded> {
  const [row] = await sql<Record<'clicks' | 'billed' | 'p50' | 'p99' | 'most' | 'seconds', string>[]>`
    WITH late AS (
      SELECT verdict, recorded_at, extract(epoch FROM recorded_at - clicked_at) * 1000 AS ms
      FROM click WHERE server_id = ${serverId}
    )
    SELECT count(*) AS clicks, count(*) FILTER (WHERE verdict = 'billed') AS billed, max(ms) AS most,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99,
      extract(epoch FROM max(recorded_at) - min(recorded_at)) AS seconds
    FROM late`;
  if (row === undefined) throw new Error('The ledger does not count.');
  return {
    ...{
      clicks: Number(row.clicks),
      billed: Number(row.billed),
      p50Ms: Number(row.p50),
      p99Ms: Number(row.p99),
    },
    ...{ mostMs: Number(row.most), seconds: Number(row.seconds) },
  };
}
