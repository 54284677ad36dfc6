import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startTestServer } from './server/fixtures/test-server.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, 'cli.ts');

describe('npm run ads --', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ads-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keys rotate makes a key in front of the others, and with --revoke without them', async () => {
    const keys = async (...words: readonly string[]): Promise<string> =>
      (await run(process.execPath, [program, 'keys', ...words, '--data', directory])).stdout;
    const [, first = ''] = /^(\w{8}) {2}made /.exec(await keys()) ?? [];
    const [, second = ''] = /^From now on key (\w{8}) signs\.\n$/.exec(await keys('rotate')) ?? [];
    assert.match(await keys(), new RegExp(`^${second} .*\n${first} .*\n$`));
    const [, third = ''] = /key (\w{8})/.exec(await keys('rotate', '--revoke')) ?? [];
    assert.match(await keys(), new RegExp(`^${third} .*\n$`));
  });

  it('replay --to sends a log to an ad server that runs, and says what was answered', async () => {
    const log = join(directory, 'access.log');
    const line = (address: string, method: string): string =>
      `${address} - - [17/May/2015:10:05:03 +0000] "${method} /a HTTP/1.1" 200 1 "https://a.example/b" "Mozilla/5.0"`;
    const lines = [line('203.0.113.7', 'GET'), line('2001:db8::7', 'HEAD'), 'broken'];
    writeFileSync(log, lines.join('\n'));
    await using server = await startTestServer();
    const { stdout } = await run(process.execPath, [program, 'replay', log, '--to', server.origin]);
    assert.match(stdout, /^\[#{24}\] 100 % 2 clicks sent \(left out: 1 line without GET or HEAD\)$/m);
    assert.match(stdout, /\n2 clicks sent \(302: 2\), 0 times no ad to show, 0 connections broken\.\n$/);
    const seen = server.clicks().map((click) => `${click?.method} ${click?.network} ${click?.referrerHost}`);
    assert.deepEqual(seen.toSorted(), ['GET 203.0.113.0/24 a.example', 'HEAD 2001:db8::/48 a.example']);
  });

  it('says in one sentence what is wrong', async () => {
    const failing = async (...words: readonly string[]): Promise<string> =>
      run(process.execPath, [program, ...words]).then(
        () => '',
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    assert.match(await failing('replay', '/not/there'), /There is no such file\.\n$/);
    assert.match(await failing('compare', '--rate', 'many'), /whole number from 1\.\n$/);
    const secrets = join(directory, 'ad-server');
    await run('mkdir', [secrets]);
    writeFileSync(join(secrets, 'secrets.json'), '{', { mode: 0o600 });
    assert.match(
      await failing('keys', '--data', directory),
      /^.*secrets\.json is not a file of secrets: move it away\.\n$/,
    );
  });
});
