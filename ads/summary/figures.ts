import type postgres from 'postgres';

/** What came of the clicks of one run of the ad server. */
export interface ClickFigures {
  readonly charged: number;
  readonly chargedMicros: number;
  /** How many clicks were not charged, by reason, most frequent first. */
  readonly notCharged: readonly { readonly reason: string; readonly clicks: number }[];
  /** From the request to the record of its charge; undefined when nothing was charged. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | undefined;
}

/** Reads the figures of the run `serverId`. */
export async function readFigures(sql: postgres.Sql, serverId: string): Promise<ClickFigures> {
  const [total] = await sql<{ clicks: string; micros: string; p50: number | null; p99: number | null }[]>`
    SELECT count(*) AS clicks, coalesce(sum(price_micros), 0) AS micros,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM recorded_at - clicked_at) * 1000) AS p50,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM recorded_at - clicked_at) * 1000) AS p99
    FROM click WHERE server_id = ${serverId} AND verdict = 'billed'`;
  const reasons = await sql<{ reason: string; clicks: string }[]>`
    SELECT reason, count(*) AS clicks FROM click
    WHERE server_id = ${serverId} AND verdict <> 'billed' GROUP BY reason ORDER BY count(*) DESC, reason`;
  const measured = total !== undefined && total.p50 !== null && total.p99 !== null;
  return {
    charged: Number(total?.clicks ?? 0),
    chargedMicros: Number(total?.micros ?? 0),
    notCharged: reasons.map((row) => ({ reason: row.reason, clicks: Number(row.clicks) })),
    latencyMs: measured ? { p50: Number(total.p50), p99: Number(total.p99) } : undefined,
  };
}
