import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';

const program = join(import.meta.dirname, 'main.ts');

describe('npm start', () => {
  let data: string;
  before(() => {
    data = mkdtempSync(join(tmpdir(), 'millrace-start-'));
    chmodSync(data, 0o755);
  });
  after(() => rmSync(data, { recursive: true, force: true }));

  it('has balanced books after everything was killed in the middle of the traffic and started again', async () => {
    const first = start(['--clicks', '50000', '--rate', '300']);
    await lineOf(first, /: (?!0 )\d+ of 50000 clicks sent, (?!0 )\d+ redirected/);
    for (const pid of everyPid(first)) process.kill(pid, 'SIGKILL');
    await once(first, 'close');
    const second = start(['--clicks', '100']);
    const said = await textOf(second);
    assert.match(said, /\n {2}differences: 0\n/, said);
    const [, posted = '0'] = /posted ([\d,]+)/.exec(said) ?? [];
    assert.ok(Number(posted.replace(',', '')) > 100, said);
    assert.equal(second.exitCode, 0, said);
  });

  function start(options: readonly string[]): ChildProcessWithoutNullStreams {
    const { DATABASE_URL: _, ...env } = process.env;
    const always = ['--exit', '--port', '0', '--data', data, '--seed', '7'];
    return spawn(process.execPath, [program, ...always, ...options], { env });
  }

  /** The ads, the platform and the database; what the platform started ends with it. */
  function everyPid(main: ChildProcessWithoutNullStreams): readonly number[] {
    const platform = readFileSync(join(data, 'platform.pid'), 'utf8');
    const postmaster = readFileSync(join(data, 'database', 'postgres', 'data', 'postmaster.pid'), 'utf8');
    return [main.pid ?? 0, Number(platform), Number(postmaster.split('\n')[0])];
  }
});

async function lineOf(child: ChildProcessWithoutNullStreams, wanted: RegExp): Promise<void> {
  let said = '';
  for await (const line of createInterface({ input: child.stdout })) {
    if (wanted.test(line)) return;
    said += `${line}\n`;
  }
  assert.fail(`It ended without saying ${wanted}:\n${said}`);
}

async function textOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (text += part.toString()));
  await once(child, 'close');
  return text;
}
