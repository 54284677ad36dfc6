import type postgres from 'postgres';
import type { BookedClick } from './booked-at.ts';
import type { Ground } from './read-known.ts';
import { sumsOf, type Sums } from './sums.ts';

/**
 * Gives clicks their verdict and writes what follows: transfers, charges, balances, spending and statistics, in one
 * statement. `settle` is the part of it that gives it to all of `decided`, or fails, and answers them as the rows `settled`.
 */
export async function settleWithEffects(
  sql: postgres.ISql,
  settle: postgres.Fragment,
  decided: readonly BookedClick[],
  { position, rules, budgets }: Ground,
): Promise<void> {
  const sums = sumsOf(decided, budgets);
  const { count } = await sql`
    WITH ${settle},${sums.campaigns.length === 0 ? sql`` : moneyOf(sql, sums, position)} counted AS (
      INSERT INTO stat_hour AS old (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment, clicks, amount_micros)
      SELECT "campaignId", "adId", "publisherId", to_timestamp("hourMs" / 1000::float8), verdict, reason, adjustment,
        clicks, micros
      FROM json_to_recordset(${JSON.stringify(sums.hours)}::text::json) AS part ("campaignId" integer, "adId" integer,
        "publisherId" integer, "hourMs" bigint, verdict text, reason text, adjustment boolean, clicks bigint, micros bigint)
      ON CONFLICT (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment) DO UPDATE
      SET clicks = old.clicks + excluded.clicks, amount_micros = old.amount_micros + excluded.amount_micros
    ), noted AS (
      INSERT INTO ledger_event (position, kind, body)
      VALUES (${position}, 'batch', jsonb_build_object('rules', ${rules.version}::integer))
      ON CONFLICT (position) DO NOTHING
    )
    SELECT FROM settled`;
  if (count !== decided.length) throw new Error('Not every click of the batch could be settled.');
}

/** What follows from the billed ones. Their budgets are locked, and with them these accounts and days. */
function moneyOf(sql: postgres.ISql, { campaigns, days, earned }: Sums, position: number): postgres.Fragment {
  const ids = campaigns.map((one) => one.campaignId);
  const holds = ids.map((id) => `hold:${id}`);
  const micros = campaigns.map((one) => one.micros);
  return sql`
    billed AS (
      SELECT click_id, impression_id, campaign_id, publisher_id, price_micros AS micros,
        (booked_hour AT TIME ZONE 'UTC')::date AS period,
        CASE WHEN price_micros > 0 THEN nextval('transfer_transfer_id_seq') END AS transfer_id
      FROM settled WHERE verdict = 'billed'
    ), moved AS (
      INSERT INTO transfer (transfer_id, idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
      OVERRIDING SYSTEM VALUE
      SELECT transfer_id, 'charge:' || impression_id, 'charge', 'hold:' || campaign_id,
        'earned:' || campaign_id || ':' || publisher_id, micros, period, ${position}
      FROM billed WHERE transfer_id IS NOT NULL
    ), charged AS (
      INSERT INTO charge (impression_id, click_id, campaign_id, amount_micros, transfer_id, period)
      SELECT impression_id, click_id, campaign_id, micros, transfer_id, period FROM billed
    ), spent AS (
      UPDATE budget SET spent_micros = spent_micros + (${micros}::bigint[])[array_position(${ids}::integer[], campaign_id)],
        version = version + 1
      WHERE campaign_id = ANY (${ids}::integer[])
    ), spent_of_day AS (
      INSERT INTO budget_day AS old (campaign_id, day, limit_micros, spent_micros)
      SELECT * FROM json_to_recordset(${JSON.stringify(days)}::text::json)
        AS part ("campaignId" integer, day date, "limitMicros" bigint, micros bigint)
      ON CONFLICT (campaign_id, day) DO UPDATE
      SET spent_micros = old.spent_micros + excluded.spent_micros, limit_micros = excluded.limit_micros
    ), debited AS (
      UPDATE account SET debits_micros = debits_micros + (${micros}::bigint[])[array_position(${holds}::text[], account_id)]
      WHERE account_id = ANY (${holds}::text[])
    ), credited AS (
      INSERT INTO account AS old (account_id, credits_micros)
      SELECT * FROM json_to_recordset(${JSON.stringify(earned)}::text::json) AS part ("accountId" text, micros bigint)
      ON CONFLICT (account_id) DO UPDATE SET credits_micros = old.credits_micros + excluded.credits_micros
    ),`;
}

/** How many of the clicks are billed. */
export function countBilled(decided: readonly BookedClick[]): number {
  return decided.filter(({ verdict }) => verdict.kind === 'billed').length;
}
