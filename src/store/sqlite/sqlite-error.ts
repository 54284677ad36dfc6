/** Primary result codes of SQLite that decide what happens next (https://www.sqlite.org/rescode.html). */
export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_NOTADB = 26;

/** The shared-memory file of the WAL could not grow: a full disk, as it shows there. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** True for an error of SQLite with this primary code. */
export function hasCode(error: unknown, code: number): boolean {
  const extended = extendedCode(error);
  return extended !== undefined && (extended & 0xff) === code;
}

/** True when there was no room on the disk. */
export function isFull(error: unknown): boolean {
  return hasCode(error, SQLITE_FULL) || extendedCode(error) === SQLITE_IOERR_SHMSIZE;
}

/** Bytes of a row are not what was written to it. */
export class DamagedBytesError extends Error {
  override readonly name = 'DamagedBytesError';
}

/** True when the file is not what SQLite wrote, or a row not what Millrace wrote. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof DamagedBytesError || hasCode(error, SQLITE_CORRUPT) || hasCode(error, SQLITE_NOTADB)
  );
}

function extendedCode(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code : undefined;
}
