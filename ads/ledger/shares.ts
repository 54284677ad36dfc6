import type postgres from 'postgres';
import type { Change } from './change.ts';

/** A whole: everything that is charged. */
export const WHOLE_PPM = 1_000_000;

/** Of each publisher, by its number: its share, in parts of a million. */
export type Shares = Readonly<Record<string, number>>;

/** The shares that hold now. A publisher that is not in it gets nothing. */
export async function readShares(sql: postgres.ISql): Promise<Shares> {
  const rows = await sql<{ id: number; ppm: number }[]>`
    SELECT publisher_id AS id, share_ppm AS ppm FROM publisher ORDER BY publisher_id`;
  return Object.fromEntries(rows.map(({ id, ppm }) => [id, ppm]));
}

/** Changes a publisher's share of all days that are not closed yet. False if there is no such publisher. */
export async function setShare(sql: postgres.Sql, publisherId: number, sharePpm: number): Promise<boolean> {
  const changed = await sql`
    UPDATE publisher SET share_ppm = ${sharePpm} WHERE publisher_id = ${publisherId} RETURNING 1`;
  return changed.length > 0;
}

/**
 * Divides what was earned up to `day` and not divided before between publishers and us: for each campaign, publisher and
 * day the publisher gets its share of it, rounded down to whole micro-units, and we the rest. The caller lets no other
 * change go on meanwhile.
 */
export async function divideEarnings(change: Change, day: string, shares: Shares): Promise<void> {
  const { sql, position, openDay } = change;
  await sql`
    WITH earned AS (
      SELECT split_part(credit_account, ':', 2)::integer AS campaign_id,
        split_part(credit_account, ':', 3)::integer AS publisher_id, period AS day, sum(amount_micros)::bigint AS micros
      FROM transfer AS charged
      WHERE kind = 'charge' AND period <= ${day}::date
        AND period > coalesce((SELECT divided_through FROM books), '-infinity')
        AND NOT EXISTS (SELECT 1 FROM transfer AS other WHERE other.reverses = charged.transfer_id)
      GROUP BY credit_account, period
    ), divided AS (
      INSERT INTO share (campaign_id, publisher_id, day, share_ppm, earned_micros, publisher_micros)
      SELECT campaign_id, publisher_id, day, ppm, micros, share_of(micros, ppm)
      FROM (SELECT earned.*, coalesce((${JSON.stringify(shares)}::text::jsonb ->> publisher_id::text)::integer, 0) AS ppm
            FROM earned) AS rated
      RETURNING *
    )
    INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
    SELECT concat_ws(':', 'settle', campaign_id, publisher_id, day, side), 'settle',
      concat_ws(':', 'earned', campaign_id, publisher_id), account, micros, ${openDay}::date, ${position}
    FROM divided, LATERAL (VALUES ('publisher', 'payable:' || publisher_id, publisher_micros),
      ('ours', 'revenue', earned_micros - publisher_micros)) AS part (side, account, micros)
    WHERE micros > 0 ORDER BY day, campaign_id, publisher_id, side`;
  await sql`UPDATE books SET divided_through = ${day}::date`;
  await balance(change);
}

/**
 * Brings back what was divided of these charges of one campaign, which are given back to their advertiser: afterwards
 * the publisher has its share of what is left of the day, to the micro-unit. The caller holds the campaign's budget.
 */
export async function takeBackShares(
  change: Change,
  campaignId: number,
  clickIds: readonly string[],
): Promise<void> {
  const { sql, position, openDay } = change;
  const moved = await sql`
    WITH given_back AS (
      SELECT split_part(charged.credit_account, ':', 3)::integer AS publisher_id, charged.period AS day,
        sum(charged.amount_micros)::bigint AS micros
      FROM charge JOIN transfer AS charged USING (transfer_id)
      WHERE click_id = ANY (${clickIds}::uuid[]) AND charge.campaign_id = ${campaignId}
        AND NOT EXISTS (SELECT 1 FROM transfer AS other WHERE other.reverses = charged.transfer_id)
      GROUP BY 1, 2
    ), back AS (
      SELECT publisher_id, day, micros, earned_micros - micros AS left_micros,
        share_of(earned_micros - micros, share_ppm) AS left_to_publisher,
        publisher_micros - share_of(earned_micros - micros, share_ppm) AS of_publisher
      FROM given_back JOIN share USING (publisher_id, day) WHERE campaign_id = ${campaignId}
    ), lowered AS (
      UPDATE share SET earned_micros = left_micros, publisher_micros = left_to_publisher
      FROM back WHERE share.publisher_id = back.publisher_id AND share.day = back.day
        AND campaign_id = ${campaignId}
    )
    INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
    SELECT concat_ws(':', 'settle', ${campaignId}::integer, publisher_id, day, side, ${position}::bigint), 'settle', account,
      concat_ws(':', 'earned', ${campaignId}::integer, publisher_id), part.micros, ${openDay}::date, ${position}
    FROM back, LATERAL (VALUES ('publisher', 'payable:' || publisher_id, of_publisher),
      ('ours', 'revenue', micros - of_publisher)) AS part (side, account, micros)
    WHERE part.micros > 0 ORDER BY day, publisher_id, side
    RETURNING 1`;
  if (moved.length > 0) await balance(change);
}

/** Brings the accounts in line with what this change has moved between them; locks them in the order of their names. */
async function balance({ sql, position }: Change): Promise<void> {
  await sql`
    INSERT INTO account (account_id) SELECT DISTINCT credit_account FROM transfer
    WHERE position = ${position} AND kind = 'settle' ORDER BY 1 ON CONFLICT DO NOTHING`;
  await sql`
    SELECT 1 FROM account WHERE account_id IN (
      SELECT unnest(ARRAY[debit_account, credit_account]) FROM transfer
      WHERE position = ${position} AND kind = 'settle')
    ORDER BY account_id FOR UPDATE`;
  await sql`
    UPDATE account SET debits_micros = debits_micros + side.debit, credits_micros = credits_micros + side.credit
    FROM (SELECT account_id, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit
          FROM (SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM transfer
                WHERE position = ${position} AND kind = 'settle'
                UNION ALL SELECT credit_account, 0, amount_micros FROM transfer
                WHERE position = ${position} AND kind = 'settle') AS both_sides
          GROUP BY account_id) AS side
    WHERE account.account_id = side.account_id`;
}
