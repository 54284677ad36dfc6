import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOf, parseDiskTrace } from './disk-trace.ts';
import { SyncedDisk } from './synced-disk.ts';

const MAKE = '1 mkdir("/r/d", 0700) = 0';
const SYNC_ROOT = '1 fsync(3</r>) = 0';
const SYNC_FOLDER = '1 fsync(4</r/d>) = 0';
const OPEN = '1 openat(AT_FDCWD</x>, "/r/d/f", O_RDWR|O_CREAT, 0600) = 5</r/d/f>';
const WRITE = '1 pwrite64(5</r/d/f>, "abc", 3, 0) = 3';
const SYNC = '1 fdatasync(5</r/d/f>) = 0';

/** What is left after a power cut behind these lines: text of each file by its path. */
function left(...lines: readonly string[]): Record<string, string> {
  const target = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  try {
    SyncedDisk.writeAt(lines.length, target, '/r', parseDiskTrace(lines.join('\n')));
    const entries = readdirSync(target, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    return Object.fromEntries(
      files.map((path) => [path.slice(target.length + 1), readFileSync(path, 'latin1')]),
    );
  } finally {
    rmSync(target, { recursive: true });
  }
}

test('bytes are kept once their file is synced, names once their folder is, and that of the folder too', () => {
  assert.deepEqual(left(MAKE, SYNC_ROOT, OPEN, WRITE, SYNC, SYNC_FOLDER), { 'd/f': 'abc' });
  assert.deepEqual(left(MAKE, SYNC_ROOT, OPEN, WRITE, SYNC_FOLDER), { 'd/f': '' });
  assert.deepEqual(left(MAKE, SYNC_ROOT, OPEN, WRITE, SYNC), {});
  assert.deepEqual(left(MAKE, OPEN, WRITE, SYNC, SYNC_FOLDER), {});
});

test('a sync covers what had ended when it began, and counts when it has ended', () => {
  const before = [MAKE, SYNC_ROOT, OPEN, SYNC_FOLDER];
  const begun = '2 fsync(5</r/d/f> <unfinished ...>';
  const resumed = '2 <... fsync resumed>) = 0';
  assert.deepEqual(left(...before, WRITE, begun, resumed), { 'd/f': 'abc' });
  assert.deepEqual(left(...before, begun, WRITE, resumed), { 'd/f': '' });
  assert.deepEqual(left(...before, WRITE, begun), { 'd/f': '' });
  const failed = '2 fsync(5</r/d/f>) = -1 EIO (Input/output error)';
  assert.deepEqual(left(...before, WRITE, failed), { 'd/f': '' });
});

test('overwritten, cut, renamed and removed files are as their last sync left them', () => {
  const kept = [MAKE, SYNC_ROOT, OPEN, WRITE, SYNC, SYNC_FOLDER];
  const again = '1 pwrite64(5</r/d/f>, "X\\0\\377\\n", 4, 2) = 4';
  assert.deepEqual(left(...kept, again), { 'd/f': 'abc' });
  assert.deepEqual(left(...kept, again, SYNC), { 'd/f': 'abX\0\u00ff\n' });
  const cut = '1 ftruncate(5</r/d/f>, 1) = 0';
  assert.deepEqual(left(...kept, cut), { 'd/f': 'abc' });
  assert.deepEqual(left(...kept, cut, SYNC), { 'd/f': 'a' });
  const rename = '1 rename("/r/d/f", "/r/d/g") = 0';
  assert.deepEqual(left(...kept, rename), { 'd/f': 'abc' });
  assert.deepEqual(left(...kept, rename, SYNC_FOLDER), { 'd/g': 'abc' });
  const unlink = '1 unlink("/r/d/f") = 0';
  assert.deepEqual(left(...kept, unlink), { 'd/f': 'abc' });
  assert.deepEqual(left(...kept, unlink, SYNC_FOLDER), {});
});

test('writes without a place follow each other; lists of texts are one write; a failed call is none', () => {
  const open = [MAKE, SYNC_ROOT, OPEN, SYNC_FOLDER];
  const lines = [
    '1 write(5</r/d/f>, "one ", 4) = 4',
    '1 writev(5</r/d/f>, [{iov_base="two, ", iov_len=5}, {iov_base="\\"three\\"", iov_len=7}], 2) = 12',
    '1 write(5</r/d/f>, "no", 2) = -1 ENOSPC (No space left on device)',
  ];
  assert.deepEqual(left(...open, ...lines, SYNC), { 'd/f': 'one two, "three"' });
});

test('a text that strace has cut short is not taken for whole', () => {
  assert.throws(() => bytesOf('"abc"...'), /cut short/);
  assert.deepEqual(bytesOf('"\\1a\\0012\\177\\t"'), Buffer.from([1, 97, 1, 50, 127, 9]));
});

test('connections are read as they are printed', () => {
  const [call] = parseDiskTrace('1 write(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "HTTP, (x)", 9) = 9');
  assert.deepEqual(call?.args, ['9<TCP:[127.0.0.1:1->127.0.0.1:2]>', '"HTTP, (x)"', '9']);
});
