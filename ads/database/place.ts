import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serverAccount, type Account } from './account.ts';
import { binariesForOthers, installedBinaries } from './binaries.ts';
import { othersCanEnter } from './reachable.ts';

/** Where one embedded database lives and as whom it runs. */
export interface Place {
  readonly binaries: string;
  /** PostgreSQL's own data directory; the parent is ready, the directory itself may not exist yet. */
  readonly dataDirectory: string;
  readonly account: Account | undefined;
}

const SHELTER = '/var/lib/millrace-ads';

/**
 * The place of the database that belongs to `directory`: inside it, except for root when the server's user cannot
 * enter it; then below `/var/lib`, under a name made from `directory`.
 */
export function placeOf(directory: string, shelter = SHELTER): Place {
  const account = serverAccount();
  const native = installedBinaries();
  mkdirSync(directory, { recursive: true });
  if (account === undefined) return { binaries: native, dataDirectory: ready(directory, undefined), account };
  const own = othersCanEnter(resolve(directory));
  const parent = own ? directory : join(shelter, fingerprint(resolve(directory)));
  const umask = process.umask(0o022);
  try {
    return { binaries: binariesForOthers(native, shelter), dataDirectory: ready(parent, account), account };
  } finally {
    process.umask(umask);
  }
}

function ready(parent: string, account: Account | undefined): string {
  const home = join(resolve(parent), 'postgres');
  mkdirSync(home, { recursive: true });
  if (account !== undefined) chownSync(home, account.uid, account.gid);
  return join(home, 'data');
}

function fingerprint(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}
