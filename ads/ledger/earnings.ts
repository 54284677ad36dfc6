import type postgres from 'postgres';

/** What a publisher has earned. */
export interface PublisherEarnings {
  readonly publisherId: number;
  readonly name: string;
  /** Its share of what days that are not closed yet have earned, in parts of a million. */
  readonly sharePpm: number;
  /** Earned by its places on days that are not closed yet: divided when they are. */
  readonly undividedMicros: number;
  /** Its shares of all closed days, without what was given back. */
  readonly owedMicros: number;
}

/** What has been earned, and whose it is. */
export interface Earnings {
  readonly publishers: readonly PublisherEarnings[];
  /** Our part of all closed days. */
  readonly revenueMicros: number;
  /** The last day that was divided, such as 2026-01-31; null: none yet. */
  readonly dividedThrough: string | null;
}

/** Reads it from the accounts. */
export async function readEarnings(sql: postgres.ISql): Promise<Earnings> {
  const publishers = await sql<PublisherEarnings[]>`
    WITH undivided AS (
      SELECT split_part(account_id, ':', 3)::integer AS publisher_id, sum(credits_micros - debits_micros) AS micros
      FROM account WHERE kind = 'earned' GROUP BY 1
    )
    SELECT publisher_id AS "publisherId", name, share_ppm AS "sharePpm",
      coalesce(undivided.micros, 0)::float8 AS "undividedMicros",
      coalesce(payable.credits_micros - payable.debits_micros, 0)::float8 AS "owedMicros"
    FROM publisher LEFT JOIN undivided USING (publisher_id)
      LEFT JOIN account AS payable ON payable.account_id = 'payable:' || publisher_id
    ORDER BY publisher_id`;
  const [ours] = await sql<{ micros: number; through: string | null }[]>`
    SELECT coalesce((SELECT credits_micros - debits_micros FROM account WHERE account_id = 'revenue'), 0)::float8 AS micros,
      divided_through::text AS through
    FROM books`;
  return { publishers, revenueMicros: ours?.micros ?? 0, dividedThrough: ours?.through ?? null };
}
