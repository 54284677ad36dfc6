import type postgres from 'postgres';

/** One campaign's clicks that are booked in one hour, on all sides of the books. */
export interface HourOfCampaign {
  readonly campaignId: number;
  readonly hourMs: number;
  readonly clicks: number;
  readonly billed: number;
  /** Free, invalid and pending. */
  readonly unbilled: number;
  readonly charges: number;
  readonly chargedMicros: number;
  readonly transferredMicros: number;
  readonly statisticsMicros: number;
  /** Clicks are charges and unbilled ones, and the three amounts are the same. */
  readonly balanced: boolean;
}

/** Compares clicks, charges, transfers and statistics for each campaign and hour, newest first. */
export async function reconcileHours(
  sql: postgres.ISql,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Promise<readonly HourOfCampaign[]> {
  const rows = await sql<Omit<HourOfCampaign, 'balanced'>[]>`
    WITH clicked AS (
      SELECT coalesce(click.campaign_id, 0) AS campaign_id, booked_hour AS hour, count(*) AS clicks,
        count(*) FILTER (WHERE verdict = 'billed') AS billed, count(charge.click_id) AS charges,
        coalesce(sum(charge.amount_micros), 0) AS charged, coalesce(sum(transfer.amount_micros), 0) AS moved
      FROM click LEFT JOIN charge USING (click_id) LEFT JOIN transfer USING (transfer_id)
      WHERE booked_hour >= to_timestamp(${fromMs}::float8 / 1000) AND booked_hour < to_timestamp(${untilMs}::float8 / 1000)
      GROUP BY 1, 2
    ), counted AS (
      SELECT campaign_id, hour, sum(amount_micros) AS micros FROM stat_hour
      WHERE hour >= to_timestamp(${fromMs}::float8 / 1000) AND hour < to_timestamp(${untilMs}::float8 / 1000)
      GROUP BY 1, 2
    )
    SELECT campaign_id AS "campaignId", extract(epoch FROM hour)::float8 * 1000 AS "hourMs",
      coalesce(clicks, 0)::float8 AS clicks, coalesce(billed, 0)::float8 AS billed,
      coalesce(clicks - billed, 0)::float8 AS unbilled, coalesce(charges, 0)::float8 AS charges,
      coalesce(charged, 0)::float8 AS "chargedMicros", coalesce(moved, 0)::float8 AS "transferredMicros",
      coalesce(micros, 0)::float8 AS "statisticsMicros"
    FROM clicked FULL JOIN counted USING (campaign_id, hour) ORDER BY hour DESC, campaign_id`;
  return rows.map((row) => ({
    ...row,
    balanced:
      row.clicks === row.charges + row.unbilled &&
      row.chargedMicros === row.transferredMicros &&
      row.chargedMicros === row.statisticsMicros,
  }));
}
