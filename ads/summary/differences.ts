import type postgres from 'postgres';

/** Differences of one kind: how many, and the ids of the first of them. */
export interface Listed {
  readonly count: number;
  readonly ids: readonly string[];
}

/** The checks of the books that ask nobody but the ledger. Each query answers the ids of what does not fit. */
const CHECKS = {
  /** Billed clicks without their charge, charges without a billed click, and charges that are not the click's price. */
  charges: `
    SELECT coalesce(click.click_id, charge.click_id)::text AS id FROM click FULL JOIN charge USING (click_id)
    WHERE (click.verdict = 'billed') IS DISTINCT FROM (charge.click_id IS NOT NULL)
      OR charge.amount_micros <> click.price_micros`,
  /** Charges without their transfer, transfers of charges without their charge. */
  transfers: `
    SELECT coalesce('charge:' || charge.impression_id, idempotency_key) AS id
    FROM (SELECT * FROM charge WHERE amount_micros > 0) AS charge
    FULL JOIN (SELECT * FROM transfer WHERE kind = 'charge') AS transfer USING (transfer_id)
    WHERE (charge.amount_micros, charge.period, 'charge:' || charge.impression_id, 'hold:' || charge.campaign_id)
      IS DISTINCT FROM (transfer.amount_micros, transfer.period, idempotency_key, debit_account)`,
  /** Credits that are not the reverse of the charge that they name, and reversals that no credit names. */
  credits: `
    SELECT coalesce(credit.click_id::text, moved.idempotency_key) AS id
    FROM credit FULL JOIN (SELECT * FROM transfer WHERE kind = 'credit') AS moved USING (transfer_id)
    LEFT JOIN charge ON charge.click_id = credit.click_id
    LEFT JOIN transfer AS charged ON charged.transfer_id = moved.reverses
    WHERE (credit.amount_micros, charge.transfer_id, moved.debit_account, moved.credit_account, moved.amount_micros)
      IS DISTINCT FROM (moved.amount_micros, moved.reverses, charged.credit_account, charged.debit_account,
        charged.amount_micros)`,
  /** Accounts whose balance does not follow from the transfers. */
  accounts: `
    WITH side AS (
      SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM transfer
      UNION ALL SELECT credit_account, 0, amount_micros FROM transfer
    ), derived AS (
      SELECT account_id, sum(debit) AS debits_micros, sum(credit) AS credits_micros FROM side GROUP BY account_id
    )
    SELECT account_id AS id FROM derived FULL JOIN account USING (account_id)
    WHERE (coalesce(derived.debits_micros, 0), coalesce(derived.credits_micros, 0))
      IS DISTINCT FROM (account.debits_micros, account.credits_micros)`,
  /** Budgets whose spending is not their charges without what was credited, is above the limit, or is not what their account says. */
  budgets: `
    WITH charged AS (
      SELECT campaign_id, sum(amount_micros) AS micros FROM charge GROUP BY campaign_id
    ), credited AS (
      SELECT campaign_id, sum(credit.amount_micros) AS micros FROM credit JOIN charge USING (click_id)
      GROUP BY campaign_id
    )
    SELECT campaign_id::text AS id
    FROM budget LEFT JOIN charged USING (campaign_id) LEFT JOIN credited USING (campaign_id)
      LEFT JOIN account ON account_id = 'hold:' || campaign_id
    WHERE spent_micros <> coalesce(charged.micros, 0) - coalesce(credited.micros, 0) OR spent_micros > limit_micros
      OR limit_micros - spent_micros IS DISTINCT FROM credits_micros - debits_micros`,
  /** Shares that are not those of the charges of their day, and accounts that do not hold what was divided or is to be. */
  shares: `
    WITH earned AS (
      SELECT credit_account AS account_id, period AS day, sum(amount_micros) AS micros,
        period <= coalesce((SELECT divided_through FROM books), '-infinity') AS divided
      FROM transfer AS charged
      WHERE kind = 'charge' AND NOT EXISTS (SELECT 1 FROM transfer AS other WHERE other.reverses = charged.transfer_id)
      GROUP BY credit_account, period
    ), holds AS (
      SELECT account_id, sum(micros) AS micros FROM earned WHERE NOT divided GROUP BY account_id
      UNION ALL SELECT 'payable:' || publisher_id, sum(publisher_micros) FROM share GROUP BY publisher_id
      UNION ALL SELECT 'revenue', sum(earned_micros - publisher_micros) FROM share
    )
    SELECT coalesce(held.account_id, holds.account_id) AS id
    FROM (SELECT account_id, credits_micros - debits_micros AS micros FROM account
          WHERE kind IN ('earned', 'payable', 'revenue')) AS held FULL JOIN holds USING (account_id)
    WHERE coalesce(held.micros, 0) <> coalesce(holds.micros, 0)
    UNION ALL
    SELECT concat_ws(' ', coalesce(share.account_id, earned.account_id), coalesce(share.day, earned.day))
    FROM (SELECT concat_ws(':', 'earned', campaign_id, publisher_id) AS account_id, day, earned_micros FROM share) AS share
    FULL JOIN (SELECT * FROM earned WHERE divided) AS earned USING (account_id, day)
    WHERE coalesce(share.earned_micros, 0) <> coalesce(earned.micros, 0)`,
  /** Hours whose statistics do not follow from the clicks. */
  statistics: `
    WITH derived AS (
      SELECT coalesce(campaign_id, 0) AS campaign_id, coalesce(ad_id, 0) AS ad_id,
        coalesce(publisher_id, 0) AS publisher_id, booked_hour AS hour, verdict, coalesce(reason, '') AS reason,
        adjustment, count(*) AS clicks,
        coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0) AS amount_micros
      FROM click GROUP BY 1, 2, 3, 4, 5, 6, 7
    )
    SELECT concat_ws(' ', campaign_id, ad_id, publisher_id, to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24"Z"'),
      verdict, reason) AS id
    FROM derived FULL JOIN stat_hour USING (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment)
    WHERE (coalesce(derived.clicks, 0), coalesce(derived.amount_micros, 0))
      IS DISTINCT FROM (coalesce(stat_hour.clicks, 0), coalesce(stat_hour.amount_micros, 0))`,
  /** Clicks whose number no ad server gave out, or gave to another click too. */
  unaccountedNumbers: `
    SELECT click_id::text AS id
    FROM (SELECT click_id, server_id, seq, row_number() OVER (PARTITION BY server_id, seq ORDER BY click_id) AS nth
          FROM click) AS numbered LEFT JOIN server_run USING (server_id)
    WHERE nth > 1 OR (posted @> seq OR unknown @> seq) IS NOT TRUE`,
} as const;

/** The names of the checks. */
export type CheckName = keyof typeof CHECKS;

const MOST_IDS = 50;

/** Makes all checks, at one moment if `sql` is a snapshot. */
export async function listDifferences(sql: postgres.ISql): Promise<Readonly<Record<CheckName, Listed>>> {
  const result: Partial<Record<CheckName, Listed>> = {};
  for (const [name, query] of Object.entries(CHECKS) as [CheckName, string][])
    result[name] = await list(sql, query);
  return result as Record<CheckName, Listed>;
}

async function list(sql: postgres.ISql, query: string): Promise<Listed> {
  const [row] = await sql.unsafe<{ count: number; ids: string[] | null }[]>(`
    WITH found AS MATERIALIZED (${query})
    SELECT (SELECT count(*) FROM found)::integer AS count,
      (SELECT array_agg(id) FROM (SELECT id FROM found ORDER BY id LIMIT ${MOST_IDS}) AS first) AS ids`);
  return { count: row?.count ?? 0, ids: row?.ids ?? [] };
}

/**
 * Numbers that the channel confirmed and that no click in the table has, as `server:first-last`: some may still be
 * queued or set aside.
 */
export async function listMissing(sql: postgres.ISql): Promise<Listed> {
  const rows = await sql<{ server_id: string; first: string; last: string }[]>`
    WITH found AS (
      SELECT server_id, range_agg(int8range(seq, seq, '[]')) AS numbers FROM click GROUP BY server_id
    )
    SELECT server_id, lower(part) AS first, upper(part) - 1 AS last
    FROM server_run LEFT JOIN found USING (server_id),
      unnest(posted - coalesce(numbers, '{}'::int8multirange)) AS part
    ORDER BY server_id, first`;
  const count = rows.reduce((sum, row) => sum + Number(row.last) - Number(row.first) + 1, 0);
  const ids = rows
    .slice(0, MOST_IDS)
    .map(({ server_id, first, last }) => `${server_id}:${first}${last === first ? '' : `-${last}`}`);
  return { count, ids };
}
