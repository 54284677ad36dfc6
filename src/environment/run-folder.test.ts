import assert from 'node:assert/strict';
import { existsSync, rmdirSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunFolder } from './run-folder.ts';

test('a run folder is private, goes with its run, and what a kill left goes at the next start', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  const options = { places: { memory: undefined, disk: tmpdir() }, dataDirectory };
  try {
    const killed = (await RunFolder.open(options)).current;
    await writeFile(join(killed, 'left'), '');
    assert.equal(statSync(killed).mode & 0o777, 0o700);
    const next = await RunFolder.open(options);
    const { current } = next;
    assert.equal(existsSync(killed), false);
    await next[Symbol.asyncDispose]();
    assert.equal(existsSync(current), false);
    assert.deepEqual(await readdir(dataDirectory), []);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});

test('a note that names something else removes nothing', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  try {
    await writeFile(join(dataDirectory, 'run-folder'), dataDirectory);
    await using folder = await RunFolder.open({
      places: { memory: undefined, disk: tmpdir() },
      dataDirectory,
    });
    assert.ok(existsSync(dataDirectory) && existsSync(folder.current));
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});

test('while it has no room, another one serves, and both go with their run or at the next start', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  const options = { places: { memory: undefined, disk: tmpdir() }, dataDirectory };
  try {
    const killed = await RunFolder.open(options);
    const first = killed.current;
    // A file system that never has room.
    rmdirSync(first);
    symlinkSync('/proc', first);
    const other = killed.current;
    assert.notEqual(other, first);
    unlinkSync(first);
    await mkdir(first);
    const next = await RunFolder.open(options);
    assert.deepEqual([existsSync(first), existsSync(other)], [false, false]);
    await next[Symbol.asyncDispose]();
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});
