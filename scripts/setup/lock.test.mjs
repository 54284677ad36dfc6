import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SetupLock } from './lock.mjs';
import { npmEnvironment } from './packages.mjs';
import { identify } from './process.mjs';
import { withoutSecrets } from './say.mjs';

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A process that stays until it is told to end. */
async function startIdle(t) {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("up")'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('what a killed set-up left in the lock keeps nobody out', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, '1234567.json'), JSON.stringify({ owner: { pid: 1234567, start: '1' } }));
  writeFileSync(join(path, '7654321.json'), '{"owner":');
  const lock = new SetupLock(path);
  await lock.acquire(assert.fail);
  assert.deepEqual(readdirSync(path), [`${process.pid}.json`]);
  lock.release();
  assert.deepEqual(readdirSync(path), []);
});

test('a pid that another process has got since does not count', async (t) => {
  const path = folder(t);
  const other = await startIdle(t);
  writeFileSync(join(path, `${other.pid}.json`), JSON.stringify({ owner: { pid: other.pid, start: '1' } }));
  const lock = new SetupLock(path);
  await lock.acquire(assert.fail);
  lock.release();
});

test('a set-up at work is waited for', async (t) => {
  const path = folder(t);
  const other = await startIdle(t);
  writeFileSync(join(path, `${other.pid}.json`), JSON.stringify({ owner: identify(other.pid) }));
  const said = [];
  await new SetupLock(path).acquire((sentence) => {
    said.push(sentence);
    other.kill('SIGKILL');
  });
  assert.match(said.join(), new RegExp(`another set-up \\(process ${other.pid}\\)`));
});

test('the npm of a killed set-up is ended first', async (t) => {
  const path = folder(t);
  const npm = await startIdle(t);
  const left = { owner: { pid: 1234567, start: '1' }, child: identify(npm.pid) };
  writeFileSync(join(path, '1234567.json'), JSON.stringify(left));
  const ended = once(npm, 'exit');
  await new SetupLock(path).acquire((sentence) => assert.match(sentence, /earlier set-up was killed/));
  assert.deepEqual(await ended, [null, 'SIGTERM']);
});

test('npm gets the way to its registry from the environment, and nothing else of what npm set', () => {
  const given = {
    PATH: '/copy/node_modules/.bin:/usr/bin',
    HOME: '/home/ada',
    NODE_ENV: 'production',
    npm_config_registry: 'https://packages.example.org',
    NPM_CONFIG_HTTPS_PROXY: 'http://proxy.example.org',
    npm_config_global: 'true',
    npm_config_omit: 'dev',
    npm_lifecycle_event: 'start',
  };
  assert.deepEqual(npmEnvironment(given), {
    PATH: '/usr/bin',
    HOME: '/home/ada',
    npm_config_registry: 'https://packages.example.org',
    NPM_CONFIG_HTTPS_PROXY: 'http://proxy.example.org',
  });
});

test('passwords and tokens in what npm says are not shown', () => {
  const said = 'GET https://ada:secret@packages.example.org _authToken=npm_secret "password": "secret"';
  assert.doesNotMatch(withoutSecrets(said), /secret/);
  assert.match(withoutSecrets(said), /packages\.example\.org/);
});
