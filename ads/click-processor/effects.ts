import type postgres from 'postgres';
import type { Place } from './read-known.ts';

/**
 * What follows from clicks that got their verdict: transfers, charges, balances, spending and statistics. Parts of
 * a statement in which `settled` are the rows of these clicks, so that nothing follows from a click that another
 * transaction settled meanwhile.
 */
export function effectsOf(sql: postgres.ISql, { position, rules }: Place): postgres.Fragment {
  return sql`
    billed AS (
      SELECT click_id, impression_id, campaign_id, coalesce(publisher_id, 0) AS publisher_id,
        price_micros AS micros, (booked_hour AT TIME ZONE 'UTC')::date AS period,
        (clicked_at AT TIME ZONE 'UTC')::date AS day,
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
      UPDATE budget SET spent_micros = spent_micros + part.micros, version = version + 1
      FROM (SELECT campaign_id, sum(micros)::bigint AS micros FROM billed GROUP BY campaign_id) AS part
      WHERE budget.campaign_id = part.campaign_id
    ), spent_of_day AS (
      INSERT INTO budget_day (campaign_id, day, limit_micros, spent_micros)
      SELECT campaign_id, day, day_limit_micros, micros
      FROM (SELECT campaign_id, day, sum(micros)::bigint AS micros FROM billed GROUP BY 1, 2) AS part
        JOIN campaign USING (campaign_id)
      ON CONFLICT (campaign_id, day) DO UPDATE
      SET spent_micros = budget_day.spent_micros + excluded.spent_micros, limit_micros = excluded.limit_micros
    ), debited AS (
      UPDATE account SET debits_micros = debits_micros + part.micros
      FROM (SELECT 'hold:' || campaign_id AS account_id, sum(micros)::bigint AS micros
            FROM billed GROUP BY campaign_id) AS part
      WHERE account.account_id = part.account_id
    ), credited AS (
      INSERT INTO account (account_id, credits_micros)
      SELECT 'earned:' || campaign_id || ':' || publisher_id, sum(micros)
      FROM billed WHERE micros > 0 GROUP BY campaign_id, publisher_id ORDER BY campaign_id, publisher_id
      ON CONFLICT (account_id) DO UPDATE SET credits_micros = account.credits_micros + excluded.credits_micros
    ), counted AS (
      INSERT INTO stat_hour (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment, clicks, amount_micros)
      SELECT coalesce(campaign_id, 0), coalesce(ad_id, 0), coalesce(publisher_id, 0), booked_hour, verdict,
        coalesce(reason, ''), adjustment, count(*),
        coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0)
      FROM settled GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
      ON CONFLICT (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment) DO UPDATE
      SET clicks = stat_hour.clicks + excluded.clicks,
          amount_micros = stat_hour.amount_micros + excluded.amount_micros
    ), noted AS (
      INSERT INTO ledger_event (position, kind, body)
      SELECT ${position}, 'batch', jsonb_build_object('rules', ${rules.version}::integer) FROM settled LIMIT 1
      ON CONFLICT (position) DO NOTHING
    )`;
}
