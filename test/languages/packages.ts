import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFolder } from '../../src/deploy/folder.ts';

const APT = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

/**
 * Sees to Debian packages, by running a program that they bring. False when it runs; else why a test is to be
 * skipped. Where `CI` is `true`, what cannot be had is a failure.
 */
export function missingPackages(packages: readonly string[], program: readonly string[]): string | false {
  if (runs(program)) return false;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && runs(['apt-get', '--version'])) {
    if (apt([...APT, ...packages])) return !runs(program) && `${program[0]} does not run`;
    if (apt(['update', '-q']) && apt([...APT, ...packages]))
      return !runs(program) && `${program[0]} does not run`;
  }
  const reason = `${program[0]} is missing; install it with: apt-get install ${packages.join(' ')}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

function runs([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function apt(words: readonly string[], cwd = '/'): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', words, { env, cwd, stdio: 'ignore', timeout: 300_000 }).status === 0;
}

/** The files of a Debian package, by their paths; nothing is installed. Throws when it cannot be had. */
export function filesOfPackage(name: string): ReadonlyMap<string, Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-package-'));
  try {
    // apt would rather download as a user of its own, who may not write here.
    const words = ['download', '-q', '-o', 'APT::Sandbox::User=root', name];
    if (!apt(words, folder)) {
      apt(['update', '-q']);
      if (!apt(words, folder)) throw new Error(`apt-get cannot download ${name}`);
    }
    const [file = ''] = readdirSync(folder);
    spawnSync('dpkg-deb', ['-x', file, 'unpacked'], { cwd: folder });
    return new Map(readFolder(join(folder, 'unpacked')).map(({ path, bytes }) => [path, bytes]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
