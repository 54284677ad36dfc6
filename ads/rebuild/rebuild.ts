import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import type { Ledger } from '../database/ledger.ts';
import { migrate } from '../database/migrate.ts';
import { compareLedgers, type TableDifference } from './compare.ts';
import { layGround } from './ground.ts';
import { replay } from './replay.ts';

/** What a rebuilding found. */
export interface Rebuilt {
  readonly tables: readonly TableDifference[];
  /** Charged in the ledger and in its rebuilding, without what was credited. */
  readonly chargedMicros: readonly [number, number];
}

/**
 * Derives the whole ledger and all statistics again from the stored clicks, views and payments, in a schema of its own
 * that is gone afterwards, and compares. Changes that come meanwhile are not in it: let none come.
 */
export async function rebuild(
  ledger: Pick<Ledger, 'owner' | 'ownerUrl'>,
  progress: (position: number) => void = () => undefined,
): Promise<Rebuilt> {
  const schema = `rebuild_${randomBytes(6).toString('hex')}`;
  const source = await currentSchema(ledger.owner);
  await ledger.owner`CREATE SCHEMA ${ledger.owner(schema)}`;
  // What is made here is thrown away: nothing of it needs to survive a crash.
  const connection = { search_path: schema, synchronous_commit: 'off' };
  const to = postgres(ledger.ownerUrl, { max: 1, onnotice: () => undefined, connection });
  try {
    await migrate(to);
    await layGround(to, source);
    await replay({ from: ledger.owner, to, progress });
    return {
      tables: await compareLedgers(ledger.owner, source, schema),
      chargedMicros: [await charged(ledger.owner), await charged(to)],
    };
  } finally {
    await to.end({ timeout: 5 });
    await ledger.owner`DROP SCHEMA ${ledger.owner(schema)} CASCADE`;
  }
}

/** True when the rebuilding is the ledger, row by row. */
export function isEqual({ tables }: Rebuilt): boolean {
  return tables.every(({ differing }) => differing === 0);
}

async function currentSchema(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ name: string }[]>`SELECT current_schema() AS name`;
  return row?.name ?? 'public';
}

async function charged(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ micros: string }[]>`
    SELECT coalesce(sum(CASE kind WHEN 'charge' THEN amount_micros ELSE -amount_micros END), 0) AS micros
    FROM transfer WHERE kind IN ('charge', 'credit')`;
  return Number(row?.micros ?? 0);
}
