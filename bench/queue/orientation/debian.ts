import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetched, need } from '../peers/fetch.ts';

/** A tree of files as a Debian package and what it needs would have them. */
export interface Unpacked {
  readonly path: string;
  /** With these its programs find their libraries. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * A package of this machine's Debian and what it needs, unpacked in the cache: nothing of it is installed, and nothing of it is started.
 * Throws `NotToBeHad`.
 */
export async function unpacked(name: string): Promise<Unpacked> {
  const path = await fetched(`debian-${name}`, async (part) => {
    const archives = join(part, 'archives');
    mkdirSync(join(archives, 'partial'), { recursive: true });
    const options = ['-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${archives}`];
    const words = ['install', '-y', '--no-install-recommends', '--download-only', '--reinstall', ...options];
    await need('apt-get', [...words, name]);
    for (const file of readdirSync(archives).filter((each) => each.endsWith('.deb')))
      await need('dpkg-deb', ['-x', join(archives, file), part]);
    moveErlang(part);
  });
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => [
    join(path, folder, 'x86_64-linux-gnu'),
    join(path, folder, 'aarch64-linux-gnu'),
  ]);
  return { path, variables: { LD_LIBRARY_PATH: libraries.join(':') } };
}

/** Erlang's start program has the place of its files written into it: now it takes it from its environment. */
function moveErlang(root: string): void {
  const program = join(root, 'usr/lib/erlang/bin/erl');
  if (!existsSync(program)) return;
  const text = readFileSync(program, 'utf8');
  writeFileSync(program, text.replaceAll('ROOTDIR=/usr/lib/erlang', 'ROOTDIR="$MOVED_ERLANG"'));
}
