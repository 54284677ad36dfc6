import type { Change } from './change.ts';

/** A movement of money between two accounts. */
export interface Transfer {
  /** The same key twice moves the money once. */
  readonly key: string;
  readonly kind: 'deposit' | 'fund' | 'withdraw' | 'credit' | 'settle';
  readonly from: string;
  readonly to: string;
  readonly amountMicros: number;
  /** Of a credit: the transfer that it reverses, and why. */
  readonly reverses?: number;
  readonly reason?: string;
}

/** There is not as much in the account as is to be moved out of it. */
export class NotEnoughMoney extends Error {}

/**
 * Moves money in the open day and answers the transfer's number, or undefined when the key was used before (then
 * nothing moves). Rejects with NotEnoughMoney; the whole change must then be given up.
 */
export async function move(
  { sql, position, openDay }: Change,
  transfer: Transfer,
): Promise<number | undefined> {
  const { key, kind, from, to, amountMicros, reverses = null, reason = null } = transfer;
  await sql`INSERT INTO account (account_id) VALUES (${from}), (${to}) ON CONFLICT DO NOTHING`;
  try {
    const [row] = await sql<{ transfer_id: string }[]>`
      WITH moved AS (
        INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, reverses, reason,
          period, position)
        VALUES (${key}, ${kind}, ${from}, ${to}, ${amountMicros}, ${reverses}, ${reason}, ${openDay}, ${position})
        ON CONFLICT (idempotency_key) DO NOTHING
        RETURNING transfer_id
      ), balanced AS (
        UPDATE account SET
          debits_micros = debits_micros + CASE account_id WHEN ${from} THEN ${amountMicros}::bigint ELSE 0 END,
          credits_micros = credits_micros + CASE account_id WHEN ${to} THEN ${amountMicros}::bigint ELSE 0 END
        WHERE account_id IN (${from}, ${to}) AND EXISTS (SELECT 1 FROM moved)
      )
      SELECT transfer_id FROM moved`;
    return row === undefined ? undefined : Number(row.transfer_id);
  } catch (error) {
    if (constraintOf(error) === 'never_overdrawn')
      throw new NotEnoughMoney(`There is not enough in ${from}.`, { cause: error });
    throw error;
  }
}

function constraintOf(error: unknown): unknown {
  return error instanceof Error && 'constraint_name' in error ? error.constraint_name : undefined;
}
