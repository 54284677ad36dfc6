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

/** Closed days that follow each other and were divided by the same share of a publisher. */
export interface DividedDays {
  readonly publisherId: number;
  readonly name: string;
  readonly sharePpm: number;
  /** The first and the last of them on which it earned anything, such as 2026-01-31. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Charged on these days, and the publisher's part of it, both without what was given back. */
  readonly earnedMicros: number;
  readonly publisherMicros: number;
}

/** By which shares closed days were divided; of each publisher the newest first. */
export async function readDividedDays(sql: postgres.ISql): Promise<readonly DividedDays[]> {
  return sql<DividedDays[]>`
    WITH divided AS (
      SELECT publisher_id, day, share_ppm, sum(earned_micros) AS earned, sum(publisher_micros) AS own,
        row_number() OVER (PARTITION BY publisher_id ORDER BY day)
          - row_number() OVER (PARTITION BY publisher_id, share_ppm ORDER BY day) AS run
      FROM share GROUP BY publisher_id, day, share_ppm
    )
    SELECT publisher_id AS "publisherId", coalesce(name, 'no longer known') AS name, divided.share_ppm AS "sharePpm",
      min(day)::text AS "firstDay", max(day)::text AS "lastDay",
      sum(earned)::float8 AS "earnedMicros", sum(own)::float8 AS "publisherMicros"
    FROM divided LEFT JOIN publisher USING (publisher_id)
    GROUP BY publisher_id, name, divided.share_ppm, run ORDER BY publisher_id, min(day) DESC`;
}
