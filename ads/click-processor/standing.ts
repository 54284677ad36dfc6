import type postgres from 'postgres';
import type { Budget, BudgetDay } from './known.ts';

/** What a campaign's ad servers and alerts were told last. */
export interface Told {
  readonly advertiserId: number;
  readonly priceMicros: number;
  readonly stopped: boolean;
  readonly toldAtMs: number;
}

/** Settings and money of one campaign; undefined if there is none. The caller holds its budget. */
export async function readStanding(
  sql: postgres.ISql,
  campaignId: number,
): Promise<(Budget & Told) | undefined> {
  const [row] = await sql<{ standing: Budget & Told }[]>`
    SELECT json_strip_nulls(to_json(standing)) AS standing
    FROM campaign_standing AS standing WHERE "campaignId" = ${campaignId}`;
  return row?.standing;
}

/** What campaigns spent on some days, and today. */
export async function readDays(
  sql: postgres.ISql,
  campaigns: readonly number[],
  days: readonly string[],
): Promise<readonly BudgetDay[]> {
  const rows = await sql<{ campaign_id: number; day: string; spent: string }[]>`
    SELECT campaign_id, day::text AS day, spent_micros AS spent FROM budget_day
    WHERE campaign_id = ANY(${campaigns as number[]}::integer[]) AND (day = ANY(${days as string[]}::date[]) OR day = (now() AT TIME ZONE 'UTC')::date)`;
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    day: row.day,
    spentMicros: Number(row.spent),
  }));
}
