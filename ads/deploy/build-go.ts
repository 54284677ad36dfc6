import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A program without libc, the same bytes for the same sources. */
const VARIABLES = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local' };

/**
 * Builds the Go program in `folder`, unless `cache` has it from these very sources. Answers where it is, or why there
 * is none. Rejects when `signal` comes.
 */
export async function buildGo(
  folder: string,
  cache: string,
  signal: AbortSignal,
): Promise<{ readonly path: string } | { readonly why: string }> {
  const path = join(cache, `${basename(folder)}-${hashOf(folder)}`);
  if (existsSync(path)) return { path };
  mkdirSync(cache, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const words = ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'];
  const child = spawn('go', words, {
    cwd: folder,
    env: { ...process.env, ...VARIABLES },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const said = text(child.stderr).catch(() => '');
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0)
      return { why: `Go could not build ${folder}: ${(await said).trim().split('\n').at(-1)}.` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { why: 'Go is not installed.' };
    throw error;
  }
  renameSync(unfinished, path);
  return { path };
}

function hashOf(folder: string): string {
  const hash = createHash('sha256').update(process.arch);
  for (const name of readdirSync(folder).toSorted())
    if (/\.go$|^go\.(mod|sum)$/.test(name))
      hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
