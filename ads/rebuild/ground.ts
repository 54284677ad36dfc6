import type postgres from 'postgres';

/**
 * Fills an empty ledger with what does not follow from clicks: who there is, the rules, and what a ledger of the first
 * schema was taken over with. `source` is the schema of the ledger that is rebuilt.
 */
export async function layGround(sql: postgres.Sql, source: string): Promise<void> {
  const from = (table: string): postgres.PendingQuery<postgres.Row[]> => sql`${sql(source)}.${sql(table)}`;
  await sql`DELETE FROM rule_set`;
  for (const table of ['advertiser', 'publisher', 'placement', 'campaign', 'rule_set'])
    await sql`INSERT INTO ${sql(table)} SELECT * FROM ${from(table)}`;
  await sql`
    UPDATE campaign SET state = before ->> 'state', price_micros = (before ->> 'priceMicros')::bigint,
      day_limit_micros = (before ->> 'dayLimitMicros')::bigint,
      ends_at = to_timestamp((before ->> 'endsAtMs')::float8 / 1000)
    FROM (SELECT DISTINCT ON (campaign_id) campaign_id, body -> 'before' AS before FROM ${from('ledger_event')}
          WHERE kind = 'campaign' ORDER BY campaign_id, position) AS first
    WHERE campaign.campaign_id = first.campaign_id AND jsonb_typeof(before) = 'object'`;
  await sql`
    INSERT INTO account (account_id)
    SELECT 'hold:' || campaign_id FROM campaign UNION ALL SELECT 'wallet:' || advertiser_id FROM advertiser
    ON CONFLICT DO NOTHING`;
  await sql`INSERT INTO click SELECT * FROM ${from('click')} WHERE batch = 0`;
  await sql`UPDATE books SET ids_tell_time = (SELECT ids_tell_time FROM ${from('books')})`;
  await sql`
    INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
    SELECT idempotency_key, kind, debit_account, credit_account, amount_micros, period, 0
    FROM ${from('transfer')} WHERE position = 0 ORDER BY transfer_id`;
  await sql`
    INSERT INTO charge (impression_id, click_id, campaign_id, amount_micros, transfer_id, period)
    SELECT charge.impression_id, click_id, charge.campaign_id, amount_micros,
      (SELECT transfer_id FROM transfer WHERE idempotency_key = 'charge:' || charge.impression_id), charge.period
    FROM ${from('charge')} AS charge JOIN click USING (click_id)`;
  await sumUp(sql);
}

/** Balances, budgets and statistics of what was taken over. */
async function sumUp(sql: postgres.Sql): Promise<void> {
  await sql`
    INSERT INTO account (account_id, debits_micros, credits_micros)
    SELECT account_id, sum(debit), sum(credit)
    FROM (SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM transfer
          UNION ALL SELECT credit_account, 0, amount_micros FROM transfer) AS side
    GROUP BY account_id
    ON CONFLICT (account_id) DO UPDATE
    SET debits_micros = excluded.debits_micros, credits_micros = excluded.credits_micros`;
  await sql`
    INSERT INTO budget (campaign_id, limit_micros, spent_micros)
    SELECT campaign_id, credits_micros,
      coalesce((SELECT sum(amount_micros) FROM charge WHERE charge.campaign_id = campaign.campaign_id), 0)
    FROM campaign JOIN account ON account_id = 'hold:' || campaign_id`;
  await sql`
    INSERT INTO budget_day (campaign_id, day, spent_micros)
    SELECT charge.campaign_id, (clicked_at AT TIME ZONE 'UTC')::date, sum(amount_micros)
    FROM charge JOIN click USING (click_id) GROUP BY 1, 2`;
  await sql`
    INSERT INTO stat_hour
    SELECT coalesce(campaign_id, 0), coalesce(ad_id, 0), coalesce(publisher_id, 0), booked_hour, verdict,
      coalesce(reason, ''), count(*), coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0), adjustment
    FROM click GROUP BY 1, 2, 3, 4, 5, 6, 9`;
}
