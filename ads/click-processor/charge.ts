import type postgres from 'postgres';
import type { Click } from './click.ts';
import { recordEntries } from './record.ts';
import type { Charged } from './write-decided.ts';

/**
 * Records and charges a batch of clicks in one transaction. A click that is already recorded changes nothing,
 * so the same batch may come twice, also at the same time.
 */
export async function chargeClicks(sql: postgres.Sql, clicks: readonly Click[]): Promise<Charged> {
  const { inserted, billed } = await recordEntries(sql, { clicks });
  return { inserted, billed };
}
