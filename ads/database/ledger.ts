import type postgres from 'postgres';
import { connectTo } from '../click-processor/connect.ts';
import { startEmbedded } from './embedded.ts';
import { keepPartitions, migrate } from './migrate.ts';
import { urlForApp } from './app-role.ts';
import type { EmbeddedOptions } from './server-process.ts';
import { DatabaseUnavailable } from './unavailable.ts';

/** The ledger database, migrated and ready. */
export interface Ledger {
  /** For functions, consumer, ad servers and pages: their role cannot change or remove what stands in the ledger. */
  readonly url: string;
  /** Connections of that role. */
  readonly sql: postgres.Sql;
  /** Connections of the owner: migrations, rebuilds and tests only. */
  readonly owner: postgres.Sql;
  readonly ownerUrl: string;
  /** `embedded` is stopped by `close`, `external` is somebody else's. */
  readonly kind: 'embedded' | 'external';
  close(): Promise<void>;
}

/** Where the database comes from: a server's address, or a directory for the embedded one. */
export interface LedgerOptions extends EmbeddedOptions {
  readonly url?: string | undefined;
  readonly directory: string;
  /** A server that ran before is somebody's who works with it: `close` leaves it running. */
  readonly leaveRunning?: boolean;
}

const CONNECTIONS = 4;
/** Comparing the books of a large ledger takes minutes; what takes longer than this never ends. */
const LONGEST_QUERY_MS = 300_000;

/** Opens the database at `url`, or starts the embedded one. Throws DatabaseUnavailable with one line of advice. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const external = options.url !== undefined && options.url !== '';
  const embedded = external ? undefined : await startEmbedded(options.directory, options);
  const ownerUrl = embedded?.ownerUrl ?? options.url ?? '';
  try {
    const owner = await connectAndMigrate(ownerUrl);
    const url = embedded?.url ?? (await urlForApp(ownerUrl));
    const sql = open(url, CONNECTIONS, LONGEST_QUERY_MS);
    const close = async (): Promise<void> => {
      await Promise.all([sql.end({ timeout: 5 }), owner.end({ timeout: 5 })]);
      if (!(options.leaveRunning === true && embedded?.ranBefore === true)) await embedded?.stop();
    };
    return { url, sql, owner, ownerUrl, kind: external ? 'external' : 'embedded', close };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function connectAndMigrate(url: string): Promise<postgres.Sql> {
  const sql = open(url, 2);
  try {
    await migrate(sql);
    await keepPartitions(sql);
    return sql;
  } catch (error) {
    await sql.end({ timeout: 1 });
    if (error instanceof DatabaseUnavailable) throw error;
    throw new DatabaseUnavailable(
      `The database of DATABASE_URL cannot be used (${reason(error)}): start that server, correct DATABASE_URL, or unset it to use the embedded one.`,
    );
  }
}

function open(url: string, max: number, longestQueryMs?: number): postgres.Sql {
  try {
    return connectTo(url, { max, longestQueryMs });
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
