import type postgres from 'postgres';
import { holdBooks } from '../click-processor/locks.ts';
import { noteChange, placeOf } from './change.ts';
import { divideEarnings, readShares } from './shares.ts';

/** Why a day was not closed, or that it is closed now. */
export type Closing = 'closed' | 'closed-before' | 'not-over' | 'clicks-pending';

/**
 * Closes the books of a day (UTC, such as 2026-01-31) and of all days before it: their figures never change again;
 * clicks and credits that come later are adjustments of the first open day. What they earned is divided between
 * publishers and us. A day can be closed when it is over and none of its clicks waits for a view.
 */
export async function closeDay(sql: postgres.Sql, day: string): Promise<Closing> {
  return sql.begin(async (transaction): Promise<Closing> => {
    await holdBooks(transaction);
    const [row] = await transaction<{ before: boolean; over: boolean; pending: boolean }[]>`
      SELECT coalesce(closed_through >= ${day}::date, false) AS before,
        ${day}::date < (now() AT TIME ZONE 'UTC')::date AS over,
        EXISTS (SELECT 1 FROM click WHERE verdict = 'pending'
                AND booked_hour < (${day}::date + 1)::timestamp AT TIME ZONE 'UTC') AS pending
      FROM books`;
    if (row?.before !== false) return 'closed-before';
    if (!row.over) return 'not-over';
    if (row.pending) return 'clicks-pending';
    await transaction`UPDATE books SET closed_through = ${day}::date`;
    const change = await placeOf(transaction);
    const shares = await readShares(transaction);
    await divideEarnings(change, day, shares);
    await noteChange(change, 'close', null, { day, shares, bookedIn: change.openDay });
    return 'closed';
  });
}
