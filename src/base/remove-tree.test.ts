import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeTree } from './remove-tree.ts';

test('folders nested deeper than a path can say are removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-'));
  const nest = `
    const fs = require('node:fs');
    for (let n = 0; n < 60; n += 1) { fs.mkdirSync('d'.repeat(100)); process.chdir('d'.repeat(100)); }
    fs.writeFileSync('end', '');`;
  execFileSync(process.execPath, ['-e', nest], { cwd: folder });
  await removeTree(folder);
  assert.equal(existsSync(folder), false);
});

test('a folder that its owner may not enter is removed, and what is not there is no trouble', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shut-'));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/c'), '');
  chmodSync(join(folder, 'a/b'), 0);
  chmodSync(join(folder, 'a'), 0);
  await removeTree(folder);
  assert.equal(existsSync(folder), false);
  await removeTree(folder);
});
