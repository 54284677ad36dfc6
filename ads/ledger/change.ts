import type postgres from 'postgres';
import { shareBooks } from '../click-processor/locks.ts';
import { readDays, readStanding } from '../click-processor/standing.ts';
import { tidingsOf, writeTidings } from '../click-processor/tidings.ts';

/** One change of a campaign under way: the campaign's budget is locked. */
export interface Change {
  readonly sql: postgres.TransactionSql;
  /** Its place among all changes of the ledger. */
  readonly position: number;
  /** The first day whose books are open, such as 2026-01-31: today, unless it was closed already. */
  readonly openDay: string;
}

/**
 * Runs `work` as one change of the ledger, in order with all clicks of the campaign: it holds the campaign's budget.
 * When the campaign stops or goes on by it, a message waits in the outbox: send it with `publishOutbox`. Rejects as `work` does; then nothing has changed.
 */
export async function changeCampaign<T>(
  sql: postgres.Sql,
  campaignId: number,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  const done = await sql.begin(async (transaction) => ({
    result: await changeWithin(transaction, campaignId, work),
  }));
  return done.result;
}

/** The same as a part of a transaction. */
export async function changeWithin<T>(
  transaction: postgres.TransactionSql,
  campaignId: number,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  await shareBooks(transaction);
  await transaction`SELECT 1 FROM budget WHERE campaign_id = ${campaignId} FOR UPDATE`;
  const change = await placeOf(transaction);
  const result = await work(change);
  await tellChange(change, campaignId);
  return result;
}

/** Tells ad servers and alerts when the campaign stops or goes on by this change. */
async function tellChange({ sql, position }: Change, campaignId: number): Promise<void> {
  const standing = await readStanding(sql, campaignId);
  const budgets = standing === undefined ? [] : [standing];
  const days = await readDays(sql, [campaignId], []);
  const [clock] = await sql<
    { now_ms: string }[]
  >`SELECT floor(extract(epoch FROM now()) * 1000)::bigint AS now_ms`;
  const tidings = tidingsOf({ budgets, nowMs: Number(clock?.now_ms) }, { budgets, days });
  if (tidings.length > 0) await writeTidings(sql, tidings, position);
}

/** Takes the next position; the caller holds the locks. */
export async function placeOf(transaction: postgres.TransactionSql): Promise<Change> {
  const [row] = await transaction<{ position: string; open_day: string }[]>`
    SELECT nextval('ledger_position') AS position,
      greatest((now() AT TIME ZONE 'UTC')::date, closed_through + 1)::text AS open_day FROM books`;
  if (row === undefined) throw new Error('The ledger has no books.');
  return { sql: transaction, position: Number(row.position), openDay: row.open_day };
}

/** Writes down what a change was, so that a rebuild can make it again. */
export async function noteChange(
  { sql, position }: Change,
  kind: 'money' | 'campaign' | 'rules' | 'close' | 'credit',
  campaignId: number | null,
  body: object = {},
): Promise<void> {
  await sql`
    INSERT INTO ledger_event (position, kind, campaign_id, body)
    VALUES (${position}, ${kind}, ${campaignId}, ${JSON.stringify(body)}::text::jsonb)`;
}
