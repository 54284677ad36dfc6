import postgres from 'postgres';
import { startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import type { EmbeddedOptions } from './server-process.ts';
import { DatabaseUnavailable } from './unavailable.ts';

/** The ledger database, migrated and ready. */
export interface Ledger {
  readonly url: string;
  readonly sql: postgres.Sql;
  /** `embedded` is stopped by `close`, `external` is somebody else's. */
  readonly kind: 'embedded' | 'external';
  close(): Promise<void>;
}

/** Where the database comes from: a server's address, or a directory for the embedded one. */
export interface LedgerOptions extends EmbeddedOptions {
  readonly url?: string | undefined;
  readonly directory: string;
}

/** Opens the database at `url`, or starts the embedded one. Throws DatabaseUnavailable with one line of advice. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const external = options.url !== undefined && options.url !== '';
  const embedded = external ? undefined : await startEmbedded(options.directory, options);
  const url = embedded?.url ?? options.url ?? '';
  try {
    const sql = await connectAndMigrate(url);
    const close = async (): Promise<void> => {
      await sql.end({ timeout: 5 });
      await embedded?.stop();
    };
    return { url, sql, kind: external ? 'external' : 'embedded', close };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function connectAndMigrate(url: string): Promise<postgres.Sql> {
  const sql = open(url);
  try {
    await migrate(sql);
    return sql;
  } catch (error) {
    await sql.end({ timeout: 1 });
    if (error instanceof DatabaseUnavailable) throw error;
    throw new DatabaseUnavailable(
      `The database of DATABASE_URL cannot be used (${reason(error)}): start that server, correct DATABASE_URL, or unset it to use the embedded one.`,
    );
  }
}

function open(url: string): postgres.Sql {
  try {
    return postgres(url, { max: 4, connect_timeout: 10, onnotice: () => undefined });
  } catch (error) {
    throw new DatabaseUnavailable(
      `DATABASE_URL is not an address such as postgres://user:password@host:5432/database (${reason(error)}).`,
    );
  }
}

/** Several addresses of one host give an AggregateError without a text of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
