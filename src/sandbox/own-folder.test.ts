import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeOwnFolder, sweepLeftFolders } from './own-folder.ts';

/** A purpose that nothing else on this machine has. */
const PURPOSE = `swept-${process.pid}`;

test('folders of a process that is gone are swept, those of a running one stay', async () => {
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  const left = join(tmpdir(), `millrace-${PURPOSE}-${gone.pid}-left`);
  await mkdir(left);
  const own = await makeOwnFolder(PURPOSE);
  await sweepLeftFolders(PURPOSE);
  assert.equal(existsSync(left), false);
  assert.equal(existsSync(own), true);
  await rmdir(own);
});
