import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunFolder } from './run-folder.ts';

test('a run folder is private, goes with its run, and what a kill left goes at the next start', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  const options = { tmpDirectory: tmpdir(), dataDirectory };
  try {
    const killed = await RunFolder.open(options);
    await writeFile(join(killed.path, 'left'), '');
    assert.equal(statSync(killed.path).mode & 0o777, 0o700);
    const next = await RunFolder.open(options);
    assert.equal(existsSync(killed.path), false);
    await next[Symbol.asyncDispose]();
    assert.equal(existsSync(next.path), false);
    assert.deepEqual(await readdir(dataDirectory), []);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});

test('a note that names something else removes nothing', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  try {
    await writeFile(join(dataDirectory, 'run-folder'), dataDirectory);
    await using folder = await RunFolder.open({ tmpDirectory: tmpdir(), dataDirectory });
    assert.ok(existsSync(dataDirectory) && existsSync(folder.path));
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});
