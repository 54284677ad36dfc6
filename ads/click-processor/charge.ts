import type postgres from 'postgres';
import { bookedAt } from './booked-at.ts';
import type { Click } from './click.ts';
import { decide } from './decide.ts';
import { countedBefore, lockGround, notYetRecorded, readViewed } from './read-known.ts';
import { writeDecided, type Charged } from './write-decided.ts';

/**
 * Records and charges a batch of clicks in one transaction. A click that is already recorded changes nothing,
 * so the same batch may come twice, also at the same time.
 */
export async function chargeClicks(sql: postgres.Sql, clicks: readonly Click[]): Promise<Charged> {
  const distinct = [...new Map(clicks.map((click) => [click.clickId, click])).values()];
  if (distinct.length === 0) return { inserted: 0, billed: 0 };
  return sql.begin(async (transaction) => {
    const ground = await lockGround(transaction, distinct);
    const [fresh, counted, viewed] = await Promise.all([
      notYetRecorded(transaction, distinct),
      countedBefore(transaction, distinct, ground.rules),
      readViewed(transaction, distinct, ground.rules),
    ]);
    const decided = decide(fresh, { ...ground, counted, viewed });
    return writeDecided(
      transaction,
      decided.map((one) => ({ ...one, ...bookedAt(one.click, ground) })),
      ground,
    );
  });
}
