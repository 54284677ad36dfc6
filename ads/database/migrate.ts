import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type postgres from 'postgres';
import { DatabaseUnavailable } from './unavailable.ts';

/** Held while migrating, so that two starts at once do not meet. */
const MIGRATION_LOCK = 7_241_001;

/** One step of the schema. */
interface Migration {
  readonly version: number;
  readonly statements: string;
}

/** Brings the schema to the newest version, each step in a transaction of its own. Never changes what was applied. */
export async function migrate(
  sql: postgres.Sql,
  steps: readonly Migration[] = readMigrations(),
): Promise<number> {
  const newest = steps.at(-1)?.version ?? 0;
  await sql`CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`;
  for (const step of steps) await applyOnce(sql, step);
  const [row] = await sql<{ version: number }[]>`SELECT max(version) AS version FROM schema_version`;
  const version = row?.version ?? 0;
  if (version > newest) {
    throw new DatabaseUnavailable(
      `The database has schema version ${version}, this program knows ${newest}: start a newer program, or another database.`,
    );
  }
  return version;
}

async function applyOnce(sql: postgres.Sql, step: Migration): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`;
    const applied = await transaction`SELECT 1 FROM schema_version WHERE version = ${step.version}`;
    if (applied.length > 0) return;
    await transaction.unsafe(step.statements);
    await transaction`INSERT INTO schema_version (version) VALUES (${step.version})`;
  });
}

/** `migrations/001-first.sql` and so on, in order of their numbers. */
export function readMigrations(): readonly Migration[] {
  const directory = join(import.meta.dirname, 'migrations');
  return readdirSync(directory)
    .filter((name) => /^\d{3}-.*\.sql$/.test(name))
    .toSorted()
    .map((name) => ({
      version: Number(name.slice(0, 3)),
      statements: readFileSync(join(directory, name), 'utf8'),
    }));
}

/** Makes the partitions of the coming months; asked for at each start and once a day. */
export async function keepPartitions(sql: postgres.Sql): Promise<void> {
  await sql`SELECT make_partitions(now()::date, (now() + interval '3 months')::date)`;
}
