import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readKeyFile, writeKeyFile } from './key-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-keys-'));
after(() => rmSync(folder, { recursive: true }));

function refusal(path: string): string {
  const read = readKeyFile(path);
  assert.ok(!read.ok, 'the file was taken');
  return read.failure.what;
}

function holding(text: string): string {
  const path = join(folder, 'keys.json');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test('keys are written for their owner alone and read as they were written', () => {
  const path = join(folder, 'made', 'keys.json');
  const keys = new Map([
    ['AKIAFULL', { secretAccessKey: 'full-secret', scope: 'all' } as const],
    ['AKIALESS', { secretAccessKey: 'less-secret', scope: 'invoke-and-send' } as const],
  ]);
  assert.ok(writeKeyFile(path, keys).ok);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'made')).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(join(folder, 'made')), ['keys.json']);
  assert.deepEqual(readKeyFile(path), { ok: true, value: keys });
});

test('a secret alone stands for a key that may do everything', () => {
  const read = readKeyFile(holding('{"ID": "12345678"}'));
  assert.ok(read.ok);
  assert.deepEqual(read.value.get('ID'), { secretAccessKey: '12345678', scope: 'all' });
});

test('a file that others can read is refused, whatever they can do with it', () => {
  const path = holding('{}');
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    chmodSync(path, mode);
    assert.match(refusal(path), /^Other users can read .* chmod 600 /);
  }
  chmodSync(path, 0o600);
  assert.ok(readKeyFile(path).ok);
});

test('what is no file of keys is refused with what it must hold', () => {
  assert.match(refusal(join(folder, 'gone')), /^The key file cannot be read: ENOENT/);
  assert.match(refusal(holding('{')), /is not JSON\.$/);
  const wrong = [
    ...['[]', 'null', '1', '{"ID": 1}', '{"ID": null}', '{"ID": "short"}', '{"": "12345678"}'],
    ...['{"a/b": "12345678"}', '{"ID": {"secret": "12345678", "may": "nothing"}}', '{"ID": {}}'],
  ];
  for (const text of wrong) assert.match(refusal(holding(text)), /must hold \{"ACCESSKEYID"/, text);
});

test('a second writer is refused while the first is at work', () => {
  const path = holding('{}');
  writeFileSync(`${path}.new`, '');
  const written = writeKeyFile(path, new Map());
  assert.ok(!written.ok);
  assert.match(written.failure.what, /remove it if nobody does/);
});
