import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('test.mjs', import.meta.url));

function planted(t, name, source) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-runner-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, `import { test } from 'node:test';\n${source}`);
  return file;
}

const run = (...words) => spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8' });

test('a test that fails makes the run fail, and the summary counts it', (t) => {
  const done = run(planted(t, 'bad.test.mjs', "test('a', () => { throw new Error('planted'); });"));
  assert.equal(done.status, 1);
  assert.match(done.stdout, /fail 1\b/);
});

test('tests that pass make the run pass, and flags reach them', (t) => {
  const file = planted(t, 'good.test.mjs', "test('one', () => {});\ntest('two', () => {});");
  const done = run('--test-name-pattern=two', file);
  assert.equal(done.status, 0);
  assert.match(done.stdout, /pass 1\b/);
});

test('a name that matches no test file is an error, not an empty success', () => {
  const done = run('no-such-test-anywhere');
  assert.equal(done.status, 1);
  assert.match(done.stderr, /no test file matches/);
});

test('what judges speed runs before all others, which do not run when it fails', (t) => {
  const other = planted(t, 'a.test.mjs', "test('the other', () => {});");
  const quick = planted(t, 'z.alone.test.mjs', "test('the quick one', () => {});");
  const both = run(other, quick);
  assert.equal(both.status, 0);
  assert.match(both.stdout, /the quick one[\s\S]*the other/);
  const slow = planted(t, 'z.alone.test.mjs', "test('the slow one', () => { throw new Error('planted'); });");
  const failed = run(other, slow);
  assert.equal(failed.status, 1);
  assert.doesNotMatch(failed.stdout, /the other/);
});
