import type postgres from 'postgres';

/** What one campaign had at one publisher on one day, with one outcome. */
export interface StatementLine {
  readonly campaign: string;
  readonly publisher: string;
  readonly verdict: string;
  /** Empty for billed clicks. */
  readonly reason: string;
  /** Clicks of closed days. */
  readonly adjustment: boolean;
  readonly clicks: number;
  readonly amountMicros: number;
}

/** What was given back to one campaign for one reason. */
export interface StatementCredit {
  readonly campaign: string;
  readonly reason: string;
  readonly clicks: number;
  readonly amountMicros: number;
}

/** The figures of one advertiser's day: the body of a message that asks for its statement. */
export interface StatementFigures {
  readonly schema: 1;
  readonly type: 'statement-request';
  readonly advertiserId: number;
  readonly advertiser: string;
  readonly currency: string;
  /** UTC, such as 2026-01-31. */
  readonly day: string;
  /** Whether the books of the day are closed. */
  readonly final: boolean;
  readonly lines: readonly StatementLine[];
  readonly credits: readonly StatementCredit[];
  /** By the transfers of the ledger, not by the lines. */
  readonly chargedMicros: number;
  readonly creditedMicros: number;
}

/** Reads the figures of one advertiser's day at one moment; undefined if there is no such advertiser. */
export async function readStatementFigures(
  sql: postgres.Sql,
  advertiserId: number,
  day: string,
): Promise<StatementFigures | undefined> {
  return sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (snapshot) => {
    const [head] = await snapshot<{ name: string; currency: string; final: boolean }[]>`
      SELECT name, currency, coalesce(closed_through >= ${day}::date, false) AS final
      FROM advertiser CROSS JOIN books WHERE advertiser_id = ${advertiserId}`;
    if (head === undefined) return undefined;
    const { name, currency, final } = head;
    return {
      ...{ schema: 1, type: 'statement-request', advertiserId, advertiser: name, currency, day, final },
      lines: await readLines(snapshot, advertiserId, day),
      credits: await readCredits(snapshot, advertiserId, day),
      chargedMicros: await readMoved(snapshot, advertiserId, day, 'charge'),
      creditedMicros: await readMoved(snapshot, advertiserId, day, 'credit'),
    };
  });
}

async function readLines(sql: postgres.ISql, id: number, day: string): Promise<readonly StatementLine[]> {
  return sql<StatementLine[]>`
    SELECT campaign.name AS campaign, coalesce(publisher.name, '') AS publisher, verdict, reason, adjustment,
      sum(clicks)::float8 AS clicks, sum(amount_micros)::float8 AS "amountMicros"
    FROM stat_hour JOIN campaign USING (campaign_id) LEFT JOIN publisher USING (publisher_id)
    WHERE advertiser_id = ${id} AND clicks > 0
      AND hour >= ${day}::date::timestamp AT TIME ZONE 'UTC' AND hour < (${day}::date + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`;
}

async function readCredits(sql: postgres.ISql, id: number, day: string): Promise<readonly StatementCredit[]> {
  return sql<StatementCredit[]>`
    SELECT campaign.name AS campaign, credit.reason, count(*)::float8 AS clicks,
      sum(credit.amount_micros)::float8 AS "amountMicros"
    FROM credit JOIN transfer USING (transfer_id) JOIN charge USING (click_id) JOIN campaign USING (campaign_id)
    WHERE advertiser_id = ${id} AND transfer.period = ${day}::date GROUP BY 1, 2 ORDER BY 1, 2`;
}

async function readMoved(
  sql: postgres.ISql,
  id: number,
  day: string,
  kind: 'charge' | 'credit',
): Promise<number> {
  const [row] = await sql<{ micros: number }[]>`
    SELECT coalesce(sum(amount_micros), 0)::float8 AS micros
    FROM transfer JOIN campaign
      ON 'hold:' || campaign_id = CASE kind WHEN 'charge' THEN debit_account ELSE credit_account END
    WHERE kind = ${kind} AND period = ${day}::date AND advertiser_id = ${id}`;
  return row?.micros ?? 0;
}
