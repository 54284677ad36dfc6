import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { failed, ok, type Result } from '../../base/result.ts';
import type { BundleSizes } from './bundle-cutter.ts';
import { APPLICATION_ID, bringUpToDate, FORMAT_VERSION } from './format.ts';
import { damagedDatabase, type DataRefused } from './refused.ts';
import { isDamage, isFull } from './sqlite-error.ts';

/** How long another program that looks into the file (a shell, a backup) is waited for. */
const BUSY_MS = 5000;

/** A log that grew beyond this in a rush is cut back to it. */
const KEPT_LOG_BYTES = 67_108_864;

/** How the writing connection treats the disk. */
export interface WriterSettings {
  /** `FULL`: a commit returns after its sync. `OFF` promises nothing; it is there for tests of the tests. */
  readonly synchronous: 'FULL' | 'OFF';
  /** The most pages the file may have; unset: as many as the disk holds. */
  readonly maximumPages?: number;
  /** Unset: {@link BUNDLE_SIZES}. */
  readonly bundles?: BundleSizes;
}

/** Opens the database for the one writer, making it when it is missing; what cannot be opened is refused and left as it is. */
export function openForWriting(path: string, settings: WriterSettings): Result<DatabaseSync, DataRefused> {
  let database: DatabaseSync | undefined;
  try {
    const refused = existsSync(path) ? strange(path) : undefined;
    if (refused !== undefined) return failed(refused);
    database = new DatabaseSync(path, { timeout: BUSY_MS });
    database.exec('PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8000');
    database.exec(`PRAGMA journal_size_limit=${KEPT_LOG_BYTES}`);
    database.exec(`PRAGMA synchronous=${settings.synchronous}`);
    bringUpToDate(database, pragma(database, 'user_version'));
    if (settings.maximumPages !== undefined) {
      database.exec(`PRAGMA max_page_count=${settings.maximumPages}`);
    }
    return ok(database);
  } catch (error) {
    database?.close();
    return failed(asRefusal(error, path));
  }
}

/** Opens the database for pages back: sees whole commits only, and waits for none. */
export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  database.exec('PRAGMA cache_size=-2000');
  return database;
}

/** Looks at an existing file without writing: why it is not opened, or undefined. */
function strange(path: string): DataRefused | undefined {
  using database = openForReading(path);
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length > 0 && application !== APPLICATION_ID) {
    return {
      kind: 'foreign',
      what: `${path} is a database of another program. Choose another directory with --data DIR.`,
    };
  }
  if (version > FORMAT_VERSION) {
    return {
      kind: 'newer-format',
      what:
        `${path} was written by a newer Millrace (format ${version}; this one reads up to ${FORMAT_VERSION}). ` +
        `Start the newer version on it. Nothing was changed.`,
    };
  }
  for (const { name } of tables) look(database, String(name));
  return undefined;
}

/** Tables that are read whole at every start. */
const SMALL: ReadonlySet<string> = new Set(['platform', 'record', 'queue', 'recent_group', 'recent_block']);

/** Throws for a table that is damaged where a start would find it: better before the first write than after it. */
function look(database: DatabaseSync, table: string): void {
  const rows = database.prepare(`SELECT * FROM "${table}"${SMALL.has(table) ? '' : ' LIMIT 1'}`);
  rows.setReadBigInts(true);
  for (const row of rows.iterate()) void row;
}

/** An error of SQLite while opening, as its owner should read it. */
export function asRefusal(error: unknown, path: string): DataRefused {
  const said = (error as Error).message;
  if (isDamage(error)) return { kind: 'damaged', what: damagedDatabase(path, said) };
  if (isFull(error)) {
    return { kind: 'not-usable', what: `The disk of ${path} is full. Free some space and start again.` };
  }
  return { kind: 'not-usable', what: `${path} cannot be opened (SQLite: ${said}).` };
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
