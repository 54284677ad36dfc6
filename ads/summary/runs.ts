import type postgres from 'postgres';
import type { NumberRanges } from '../server/number-range.ts';
import type { RunAccount } from '../server/run-account.ts';

/** Writes the accounts of ad server runs into the ledger; the newest account of a run replaces the one before. */
export async function recordRuns(
  sql: postgres.Sql,
  runs: readonly Omit<RunAccount, 'spooled'>[],
): Promise<void> {
  for (const { serverId, posted, unknown, refused } of runs) {
    await sql`
      INSERT INTO server_run (server_id, posted, unknown, refused)
      VALUES (${serverId}, ${multirange(posted)}::text::int8multirange,
        ${multirange(unknown)}::text::int8multirange, ${multirange(refused)}::text::int8multirange)
      ON CONFLICT (server_id) DO UPDATE
      SET posted = excluded.posted, unknown = excluded.unknown, refused = excluded.refused`;
  }
}

/** PostgreSQL's own spelling, such as `{[1,10],[12,12]}`. */
function multirange(ranges: NumberRanges): string {
  return `{${ranges.map(([first, last]) => `[${first},${last}]`).join(',')}}`;
}
