import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

it('a campaign that has spent its budget is stopped by a message: few of its clicks come after that', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stops-'));
  chmodSync(data, 0o755);
  const { DATABASE_URL: _, ...env } = process.env;
  const words = ['--exit', '--port', '0', '--data', data, '--clicks', '3000', '--rate', '300', '--seed', '7'];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (said += part.toString()));
  await once(child, 'close');
  rmSync(data, { recursive: true, force: true });
  assert.match(said, /campaigns stopped +1, by a message that came \d+ ms after the charge at most\n/, said);
  assert.match(said, /differences: 0\n/, said);
  // A sixth of the ads that are shown without a stop, so some 400 clicks, 150 of which the budget pays for.
  const unfunded = Number(/unfunded (\d+)/.exec(said)?.[1] ?? 0);
  assert.ok(unfunded < 150, said);
});
