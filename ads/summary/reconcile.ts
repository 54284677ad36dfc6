import type postgres from 'postgres';
import { listDifferences, listMissing, type CheckName, type Listed } from './differences.ts';

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
  /** What the differences are about, by their checks; the first of each. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

/** What each difference means is said at its check. */
export interface Differences extends Readonly<Record<CheckName, number>> {
  /** Posted, and neither in the table nor in the channel (or more there than posted). */
  readonly postedAndFound: number;
  /** In the table and in no bucket. */
  readonly buckets: number;
}

/** Compares what the ad servers say they posted with the channel, the table and the money, and keeps what it found. */
export async function reconcile(sql: postgres.Sql, channel: InChannel): Promise<Reconciliation> {
  const found = await sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (snapshot) => ({
    numbers: await compareNumbers(snapshot),
    buckets: await countBuckets(snapshot),
    listed: await listDifferences(snapshot),
    missing: await listMissing(snapshot),
  }));
  const reconciliation = summed(found, channel);
  await keep(sql, reconciliation);
  return reconciliation;
}

interface Found {
  readonly numbers: Numbers;
  readonly buckets: Buckets;
  readonly listed: Readonly<Record<CheckName, Listed>>;
  readonly missing: Listed;
}

function summed({ numbers, buckets, listed, missing }: Found, channel: InChannel): Reconciliation {
  const entries = Object.entries(listed) as [CheckName, Listed][];
  const counts = Object.fromEntries(entries.map(([name, { count }]) => [name, count])) as Record<
    CheckName,
    number
  >;
  const named = Object.fromEntries(entries.map(([name, { ids }]) => [name, ids]));
  const postedAndFound = missing.count - channel.queued - channel.deadLetters;
  return {
    ...channel,
    posted: numbers.confirmed + numbers.arrivedUnconfirmed,
    arrivedUnconfirmed: numbers.arrivedUnconfirmed,
    ...buckets,
    differences: {
      ...counts,
      postedAndFound,
      buckets: buckets.inTable - buckets.billed - buckets.free - buckets.invalid - buckets.pending,
    },
    ids: { ...named, ...(postedAndFound === 0 ? {} : { postedAndFound: missing.ids }) },
  };
}

async function keep(sql: postgres.Sql, reconciliation: Reconciliation): Promise<void> {
  const { differences, ids, ...counts } = reconciliation;
  await sql`
    INSERT INTO recon_run (counts, differences, balanced)
    VALUES (${JSON.stringify(counts)}::text::jsonb, ${JSON.stringify({ counts: differences, ids })}::text::jsonb,
      ${isBalanced(reconciliation)})`;
}

/** True when all three sides say the same. */
export function isBalanced(reconciliation: Reconciliation): boolean {
  return Object.values(reconciliation.differences).every((difference) => difference === 0);
}

interface Numbers {
  readonly confirmed: number;
  readonly arrivedUnconfirmed: number;
}

async function compareNumbers(sql: postgres.ISql): Promise<Numbers> {
  const [row] = await sql<{ confirmed: string; unconfirmed: string }[]>`
    SELECT (SELECT coalesce(sum(upper(part) - lower(part)), 0) FROM server_run, unnest(posted) AS part) AS confirmed,
      (SELECT count(DISTINCT (server_id, seq)) FROM click JOIN server_run USING (server_id)
       WHERE unknown @> seq) AS unconfirmed`;
  return { confirmed: Number(row?.confirmed ?? 0), arrivedUnconfirmed: Number(row?.unconfirmed ?? 0) };
}

interface Buckets {
  readonly inTable: number;
  readonly billed: number;
  readonly free: number;
  readonly invalid: number;
  readonly pending: number;
}

async function countBuckets(sql: postgres.ISql): Promise<Buckets> {
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
