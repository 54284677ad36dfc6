import { isDamage } from './sqlite-error.ts';

/** Why a data directory was not opened. `what` is a text for its owner that says what to do. Nothing was changed. */
export interface DataRefused {
  readonly kind: 'not-usable' | 'in-use' | 'newer-format' | 'foreign' | 'damaged';
  readonly what: string;
}

/** What a damaged database can still be used for, as its owner should read it. */
export function damagedDatabase(path: string, said: string): string {
  return (
    `${path} is damaged (SQLite: ${said}). Restore the data directory from a backup; or save what can be read with ` +
    `"sqlite3 ${path} .recover"; or move millrace.db, millrace.db-wal and millrace.db-shm away to start empty.`
  );
}

/** An error that ends the store, as its owner should read it. */
export function describeFailure(error: unknown, path: string): string {
  const said = (error as Error).message;
  if (isDamage(error)) return damagedDatabase(path, said);
  return `${path} cannot be read and written any more (${said}); nothing that waited for it is known to be kept`;
}
