import type postgres from 'postgres';

/** Shared by every change of the ledger; held alone by what must see no change under way (closing a day, new rules). */
const BOOKS_LOCK = 7_241_002;

/** Lets other changes go on beside this one. Ends with the transaction. */
export function shareBooks(transaction: postgres.ISql): postgres.PendingQuery<postgres.Row[]> {
  return transaction`SELECT pg_advisory_xact_lock_shared(${BOOKS_LOCK})`;
}

/** Waits until no other change is under way and keeps new ones waiting. Ends with the transaction. */
export async function holdBooks(transaction: postgres.ISql): Promise<void> {
  await transaction`SELECT pg_advisory_xact_lock(${BOOKS_LOCK})`;
}
