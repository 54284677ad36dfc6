import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFolder } from '../../src/deploy/folder.ts';

/** The files of a package's folder, by their paths. */
export type Files = Readonly<Record<string, Uint8Array>>;

/**
 * What npm installs for these dependencies (name to exact version), as it stands in a function's folder. A sentence when
 * npm cannot fetch them; where `CI` is `true`, that is a failure.
 */
export function installed(dependencies: Readonly<Record<string, string>>): Files | string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-npm-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const words = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
    const end = spawnSync('npm', words, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    if (end.status === 0) {
      return Object.fromEntries(readFolder(folder).map(({ path, bytes }) => [path, bytes]));
    }
    const reason = `npm cannot install ${Object.keys(dependencies).join(', ')}: ${end.stderr}`;
    if (process.env['CI'] === 'true') throw new Error(reason);
    return reason;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
