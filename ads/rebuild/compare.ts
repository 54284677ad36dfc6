import type postgres from 'postgres';

/** What differs between a ledger and its rebuilding. */
export interface TableDifference {
  readonly table: string;
  /** Rows in the ledger. */
  readonly rows: number;
  readonly differing: number;
  /** The first of them. */
  readonly ids: readonly string[];
}

/** What of each table follows from its clicks and payments, and what names a row. */
const TABLES: readonly {
  readonly table: string;
  readonly id: string;
  readonly says: string;
  readonly where?: string;
}[] = [
  {
    table: 'click',
    id: 'click_id',
    says: 'verdict, reason, rules_version, batch, decided_in, booked_hour, adjustment',
  },
  { table: 'charge', id: 'click_id', says: 'impression_id, campaign_id, amount_micros, period' },
  {
    table: 'transfer',
    id: 'idempotency_key',
    says: 'kind, debit_account, credit_account, amount_micros, reason, period, position',
  },
  { table: 'account', id: 'account_id', says: 'debits_micros, credits_micros' },
  { table: 'budget', id: 'campaign_id', says: 'limit_micros, spent_micros' },
  { table: 'budget_day', id: "campaign_id || ' ' || day", says: 'spent_micros' },
  { table: 'credit', id: 'click_id', says: 'from_version, reason, amount_micros, position' },
  {
    table: 'share',
    id: "concat_ws(' ', campaign_id, publisher_id, day)",
    says: 'share_ppm, earned_micros, publisher_micros',
  },
  { table: 'impression', id: 'impression_id', says: 'campaign_id, price_micros, viewed_at, batch' },
  {
    table: 'stat_hour',
    id: "concat_ws(' ', campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment)",
    says: 'clicks, amount_micros',
    where: 'clicks > 0',
  },
];
const MOST_IDS = 20;

/** Compares two ledgers, in the schemas `one` and `other`, table by table and row by row. */
export async function compareLedgers(
  sql: postgres.Sql,
  one: string,
  other: string,
): Promise<readonly TableDifference[]> {
  const result: TableDifference[] = [];
  for (const { table, id, says, where = 'true' } of TABLES) {
    const side = (schema: string): string =>
      `SELECT (${id})::text AS id, ROW(${says})::text AS says FROM "${schema}".${table} WHERE ${where}`;
    const [row] = await sql.unsafe<{ rows: number; differing: number; ids: string[] | null }[]>(`
      WITH one AS (${side(one)}), other AS (${side(other)}), differing AS (
        SELECT coalesce(one.id, other.id) AS id FROM one FULL JOIN other USING (id)
        WHERE one.says IS DISTINCT FROM other.says
      )
      SELECT (SELECT count(*) FROM one)::integer AS rows, (SELECT count(*) FROM differing)::integer AS differing,
        (SELECT array_agg(id) FROM (SELECT id FROM differing ORDER BY id LIMIT ${MOST_IDS}) AS first) AS ids`);
    result.push({ table, rows: row?.rows ?? 0, differing: row?.differing ?? 0, ids: row?.ids ?? [] });
  }
  return result;
}
