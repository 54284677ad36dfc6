import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readFolder } from '../../src/deploy/folder.ts';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** The files of a package of a function: what pip brings, by their paths. */
export type PackageFiles = Readonly<Record<string, Uint8Array>>;

/**
 * What pip installs beside a function's code, kept in a folder of the project's cache. A text says why there is nothing:
 * where `CI` is `true` that is a failure, elsewhere a reason to skip.
 */
export async function pipInstalled(
  name: string,
  packages: readonly string[],
): Promise<PackageFiles | string> {
  const folder = join(CACHE, `python-function-${name}`);
  try {
    if (!existsSync(folder)) await install(folder, packages);
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return `no ${packages.join(', ')}: ${(error as Error).message.split('\n')[0]}`;
  }
  return Object.fromEntries(readFolder(folder).map(({ path, bytes }) => [path, bytes]));
}

async function install(folder: string, packages: readonly string[]): Promise<void> {
  const aside = `${folder}-${process.pid}`;
  await mkdir(aside, { recursive: true });
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', aside, ...packages]);
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
