import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Scripts of a virtual environment know its path: it must be the one that does not lead over links. */
const MODULES = realpathSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)));

/** Where clients are kept that were installed or built. */
export const CACHE = join(MODULES, '.cache');

/** How long making a client may take: everything is fetched from afar. */
export const MAKING_MS = 600_000;

/** A folder, or a sentence why it could not be made. */
export type Made =
  | { readonly ok: true; readonly folder: string }
  | { readonly ok: false; readonly why: string };

/**
 * Makes a folder in the project's cache, unless it is there: in a sibling that is renamed when it is whole. Where `CI`
 * is `true` a failure is one; elsewhere it is a reason to skip. The name changes with what is made.
 */
export async function madeOnce(
  name: string,
  needs: string,
  make: (folder: string) => Promise<void>,
): Promise<Made> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return { ok: true, folder };
  const making = `${folder}.${process.pid}`;
  try {
    await mkdir(making, { recursive: true });
    await make(making);
    await rename(making, folder);
    return { ok: true, folder };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (process.env['CI'] === 'true') throw error;
    return { ok: false, why: `no ${needs}: ${(error as Error).message.split('\n')[0]}` };
  }
}
