import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoWalls } from './fixture/open-walls.ts';

const UNPRIVILEGED = 65_534;
const isRoot = process.getuid?.() === 0;
const skip = whyNoWalls ?? (isRoot ? false : 'the other tests run as an ordinary user already');

test('the walls hold for an ordinary user too', { skip, timeout: 110_000 }, async (context) => {
  // This checkout may lie where only root can enter.
  const folder = mkdtempSync(join(tmpdir(), 'millrace-user-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const source = join(import.meta.dirname, '..', '..');
  cpSync(source, join(folder, 'src'), { recursive: true });
  copyFileSync(join(source, '..', 'package.json'), join(folder, 'package.json'));
  copyFileSync(process.execPath, join(folder, 'node'));
  chmodSync(join(folder, 'node'), 0o755);
  mkdirSync(join(folder, 'tmp'));
  chmodSync(join(folder, 'tmp'), 0o1777);
  const suite = join(folder, 'src', 'sandbox', 'bubblewrap', 'bubblewrap-sandbox.test.ts');
  const child = spawn(join(folder, 'node'), ['--test', '--test-reporter=spec', suite], {
    uid: UNPRIVILEGED,
    gid: UNPRIVILEGED,
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', TMPDIR: join(folder, 'tmp'), HOME: folder, CI: process.env['CI'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, output);
  const passedCount = Number(/pass (\d+)/.exec(output)?.[1] ?? 0);
  assert.ok(passedCount >= 25, output);
});
