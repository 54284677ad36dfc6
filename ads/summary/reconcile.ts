import type postgres from 'postgres';

/** Messages that are in the channel and not yet, or not any more, on their way to the table. */
export interface InChannel {
  readonly queued: number;
  readonly deadLetters: number;
}

/** The three sides of the books, and what does not fit between them: every difference must be 0. */
export interface Reconciliation extends InChannel {
  /** Clicks whose numbers the channel confirmed to the ad servers, and those found though no confirmation came. */
  readonly posted: number;
  /** Of these, how many came without a confirmation. */
  readonly arrivedUnconfirmed: number;
  readonly inTable: number;
  readonly billed: number;
  readonly free: number;
  readonly invalid: number;
  /** Waiting for the view of their impression. */
  readonly pending: number;
  readonly differences: Differences;
}

/** What each difference means is the name of its check. */
export interface Differences {
  /** Posted, and neither in the table nor in the channel (or more there than posted). */
  readonly postedAndFound: number;
  /** In the table with a number that no ad server gave out, or with a number that another click has too. */
  readonly unaccountedNumbers: number;
  /** In the table and in no bucket. */
  readonly buckets: number;
  /** Billed clicks without their charge, charges without a billed click. */
  readonly charges: number;
  /** Charges without their transfer, transfers of charges without their charge. */
  readonly transfers: number;
  /** Accounts whose balance does not follow from the transfers. */
  readonly accounts: number;
  /** Budgets whose spending is not the sum of their charges without what was credited, or is above the limit, or whose rest is not what their account holds. */
  readonly budgets: number;
  /** Hours whose statistics do not follow from the clicks. */
  readonly statistics: number;
}

/** Compares what the ad servers say they posted with the channel, the table and the money. */
export async function reconcile(sql: postgres.Sql, channel: InChannel): Promise<Reconciliation> {
  const numbers = await compareNumbers(sql);
  const buckets = await countBuckets(sql);
  const posted = numbers.confirmed + numbers.arrivedUnconfirmed;
  return {
    ...channel,
    posted,
    arrivedUnconfirmed: numbers.arrivedUnconfirmed,
    ...buckets,
    differences: {
      postedAndFound: numbers.missing - channel.queued - channel.deadLetters,
      unaccountedNumbers: numbers.unaccounted,
      buckets: buckets.inTable - buckets.billed - buckets.free - buckets.invalid - buckets.pending,
      charges: await count(sql, WRONG_CHARGES),
      transfers: await count(sql, WRONG_TRANSFERS),
      accounts: await count(sql, WRONG_ACCOUNTS),
      budgets: await count(sql, WRONG_BUDGETS),
      statistics: await count(sql, WRONG_STATISTICS),
    },
  };
}

/** True when all three sides say the same. */
export function isBalanced(reconciliation: Reconciliation): boolean {
  return Object.values(reconciliation.differences).every((difference) => difference === 0);
}

interface Numbers {
  readonly confirmed: number;
  readonly missing: number;
  readonly arrivedUnconfirmed: number;
  readonly unaccounted: number;
}

async function compareNumbers(sql: postgres.Sql): Promise<Numbers> {
  const [row] = await sql<{ confirmed: string; found: string; unconfirmed: string; unaccounted: string }[]>`
    WITH confirmed AS (
      SELECT coalesce(sum(upper(part) - lower(part)), 0) AS count
      FROM server_run, unnest(posted) AS part
    ), numbered AS (
      SELECT server_id, seq, count(*) AS clicks FROM click GROUP BY server_id, seq
    )
    SELECT (SELECT count FROM confirmed) AS confirmed,
      count(*) FILTER (WHERE posted @> seq) AS found,
      count(*) FILTER (WHERE unknown @> seq) AS unconfirmed,
      coalesce(sum(clicks) FILTER (WHERE (posted @> seq OR unknown @> seq) IS NOT TRUE), 0)
        + coalesce(sum(clicks - 1) FILTER (WHERE posted @> seq OR unknown @> seq), 0) AS unaccounted
    FROM numbered LEFT JOIN server_run USING (server_id)`;
  const confirmed = Number(row?.confirmed ?? 0);
  return {
    confirmed,
    missing: confirmed - Number(row?.found ?? 0),
    arrivedUnconfirmed: Number(row?.unconfirmed ?? 0),
    unaccounted: Number(row?.unaccounted ?? 0),
  };
}

interface Buckets {
  readonly inTable: number;
  readonly billed: number;
  readonly free: number;
  readonly invalid: number;
  readonly pending: number;
}

async function countBuckets(sql: postgres.Sql): Promise<Buckets> {
  const [row] = await sql<Record<'all' | 'billed' | 'free' | 'invalid' | 'pending', string>[]>`
    SELECT count(*) AS all, count(*) FILTER (WHERE verdict = 'billed') AS billed,
      count(*) FILTER (WHERE verdict = 'free') AS free, count(*) FILTER (WHERE verdict = 'invalid') AS invalid,
      count(*) FILTER (WHERE verdict = 'pending') AS pending
    FROM click`;
  return {
    inTable: Number(row?.all ?? 0),
    billed: Number(row?.billed ?? 0),
    free: Number(row?.free ?? 0),
    invalid: Number(row?.invalid ?? 0),
    pending: Number(row?.pending ?? 0),
  };
}

const WRONG_CHARGES = `
  SELECT count(*) AS count FROM click FULL JOIN charge USING (click_id)
  WHERE (click.verdict = 'billed') IS DISTINCT FROM (charge.click_id IS NOT NULL)
     OR charge.amount_micros <> click.price_micros`;

const WRONG_TRANSFERS = `
  SELECT count(*) AS count
  FROM (SELECT * FROM charge WHERE amount_micros > 0) AS charge
  FULL JOIN (SELECT * FROM transfer WHERE kind = 'charge') AS transfer USING (transfer_id)
  WHERE (charge.amount_micros, charge.period, 'charge:' || charge.impression_id, 'hold:' || charge.campaign_id)
    IS DISTINCT FROM (transfer.amount_micros, transfer.period, idempotency_key, debit_account)`;

const WRONG_ACCOUNTS = `
  WITH side AS (
    SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM transfer
    UNION ALL SELECT credit_account, 0, amount_micros FROM transfer
  ), derived AS (
    SELECT account_id, sum(debit) AS debits_micros, sum(credit) AS credits_micros FROM side GROUP BY account_id
  )
  SELECT count(*) AS count FROM derived FULL JOIN account USING (account_id)
  WHERE (coalesce(derived.debits_micros, 0), coalesce(derived.credits_micros, 0))
    IS DISTINCT FROM (account.debits_micros, account.credits_micros)`;

const WRONG_BUDGETS = `
  WITH charged AS (
    SELECT campaign_id, sum(amount_micros) AS micros FROM charge GROUP BY campaign_id
  ), credited AS (
    SELECT campaign_id, sum(credit.amount_micros) AS micros FROM credit JOIN charge USING (click_id) GROUP BY campaign_id
  )
  SELECT count(*) AS count
  FROM budget LEFT JOIN charged USING (campaign_id) LEFT JOIN credited USING (campaign_id)
    LEFT JOIN account ON account_id = 'hold:' || campaign_id
  WHERE spent_micros <> coalesce(charged.micros, 0) - coalesce(credited.micros, 0) OR spent_micros > limit_micros
    OR limit_micros - spent_micros IS DISTINCT FROM credits_micros - debits_micros`;

const WRONG_STATISTICS = `
  WITH derived AS (
    SELECT coalesce(campaign_id, 0) AS campaign_id, coalesce(ad_id, 0) AS ad_id,
      coalesce(publisher_id, 0) AS publisher_id, booked_hour AS hour, verdict, coalesce(reason, '') AS reason,
      adjustment, count(*) AS clicks,
      coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0) AS amount_micros
    FROM click GROUP BY 1, 2, 3, 4, 5, 6, 7
  )
  SELECT count(*) AS count
  FROM derived FULL JOIN stat_hour USING (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment)
  WHERE (coalesce(derived.clicks, 0), coalesce(derived.amount_micros, 0))
    IS DISTINCT FROM (coalesce(stat_hour.clicks, 0), coalesce(stat_hour.amount_micros, 0))`;

async function count(sql: postgres.Sql, query: string): Promise<number> {
  const [row] = await sql.unsafe<{ count: string }[]>(query);
  return Number(row?.count ?? 0);
}
