import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DataDirectory } from './data-directory.ts';

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-data-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function refusal(path: string): { readonly kind: string; readonly what: string } {
  const opened = DataDirectory.open(path);
  if (!opened.ok) return opened.failure;
  opened.value[Symbol.dispose]();
  return { kind: 'opened', what: '' };
}

/** Opens as an ordinary user, also when the test runs as root. */
function refusalAsOrdinaryUser(path: string): { readonly kind: string; readonly what: string } {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return refusal(path);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('a missing data directory is made, for its owner alone', (context) => {
  const path = join(temporary(context), 'a', 'b');
  assert.equal(refusal(path).kind, 'opened');
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('a directory that cannot be written is refused with what to do', (context) => {
  const path = join(temporary(context), 'read-only');
  mkdirSync(path);
  chmodSync(path, 0o555);
  const { kind, what } = refusalAsOrdinaryUser(path);
  assert.equal(kind, 'not-usable');
  assert.match(what, /not readable and writable for this user\. Choose another/);
});

test('a file in the place of the directory is refused', (context) => {
  const path = join(temporary(context), 'file');
  writeFileSync(path, '');
  assert.match(refusal(path).what, /is not a folder/);
  assert.match(refusal(join(path, 'below')).what, /a file is in its place/);
});

test('a place where no folder can be made is refused', { skip: !existsSync('/proc/self') }, () => {
  const { kind, what } = refusal('/proc/millrace/data');
  assert.equal(kind, 'not-usable');
  assert.match(what, /cannot be used: .*Choose another/);
});

test('a directory in use is refused, naming the owner, and is free once it is disposed', (context) => {
  const path = temporary(context);
  const first = DataDirectory.open(path);
  assert.ok(first.ok);
  const { kind, what } = refusal(path);
  assert.equal(kind, 'in-use');
  assert.ok(what.includes(`process ${process.pid}:`), what);
  first.value[Symbol.dispose]();
  assert.equal(refusal(path).kind, 'opened');
});

test('the lock of a killed process ends with it', async (context) => {
  const path = temporary(context);
  const module = JSON.stringify(import.meta.resolve('./data-directory.ts'));
  const program = `
    const { DataDirectory } = await import(${module});
    globalThis.kept = DataDirectory.open(process.argv[1]);
    process.stdout.write(kept.ok ? 'locked' : kept.failure.what);
    process.stdin.resume();`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'locked');
  assert.ok(refusal(path).what.includes(`process ${owner.pid}:`));
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.equal(refusal(path).kind, 'opened');
});

test('a damaged lock file says that it may be removed', (context) => {
  const path = temporary(context);
  writeFileSync(join(path, 'lock'), 'not a database, and longer than a header'.repeat(50));
  const { kind, what } = refusal(path);
  assert.equal(kind, 'damaged');
  assert.match(what, /holds no data: remove it/);
});

test('the database is kept to its owner, also in a folder that all may enter and where it was open to them', (context) => {
  const path = join(temporary(context), 'wide');
  mkdirSync(path);
  chmodSync(path, 0o755);
  const files = ['millrace.db', 'millrace.db-wal'].map((name) => join(path, name));
  files.forEach((file) => writeFileSync(file, ''));
  files.forEach((file) => chmodSync(file, 0o644));
  assert.equal(refusal(path).kind, 'opened');
  assert.deepEqual(
    files.map((file) => statSync(file).mode & 0o777),
    [0o600, 0o600],
  );
});
