import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { missingToolchain } from '../test/languages/projects.ts';

const skip =
  missingToolchain('go', 'version', 'https://go.dev/dl') ||
  missingToolchain('python3', '--version', 'the package python3');

describe('the functions in other languages', () => {
  let data: string;
  before(() => {
    data = mkdtempSync(join(tmpdir(), 'millrace-companions-'));
    chmodSync(data, 0o755);
  });
  after(() => rmSync(data, { recursive: true, force: true }));

  it('raise alerts and write statements while clicks come', { skip }, () => {
    const said = start('own', process.env['PATH'] ?? '');
    assert.match(said, /alerts \(Python\) +\d+ raised so far/);
    assert.match(said, /statements \(Go\) +4 of 4 of today written\n/);
  });

  it('are said to be missing where their languages are, and the clicks are charged all the same', () => {
    const said = start('bare', pathWithout(/^(go|python)/));
    assert.match(said, /alerts \(Python\) +Python is not installed: nobody is alerted/);
    assert.match(said, /statements \(Go\) +4 of 4 of today written\. Go is not installed\./);
  });

  /** What a start said; its books must balance. */
  function start(name: string, PATH: string): string {
    const { DATABASE_URL: _, ...env } = process.env;
    const words = ['--exit', '--clicks', '300', '--port', '0', '--seed', '5', '--data', join(data, name)];
    const program = join(import.meta.dirname, 'main.ts');
    const ran = spawnSync(process.execPath, [program, ...words], { env: { ...env, PATH }, encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    return ran.stdout;
  }

  /** A path with links to all programs but some. */
  function pathWithout(unwanted: RegExp): string {
    const folder = join(data, 'programs');
    mkdirSync(folder);
    for (const from of (process.env['PATH'] ?? '').split(delimiter).toReversed())
      for (const name of namesIn(from)) {
        rmSync(join(folder, name), { force: true });
        if (!unwanted.test(name)) symlinkSync(join(from, name), join(folder, name));
      }
    return folder;
  }

  function namesIn(folder: string): readonly string[] {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  }
});
