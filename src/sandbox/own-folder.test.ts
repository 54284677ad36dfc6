import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, rmdir, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import { makeOwnFolder, makeOwnRoomyFolder, sweepLeftFolders } from './own-folder.ts';

/** A purpose that nothing else on this machine has. */
const PURPOSE = `swept-${process.pid}`;
const DAY_MS = 24 * 3_600_000;
const nowMs = new SystemClock().nowMs();

test('folders of a process that is gone are swept, those of a running one stay', async () => {
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  const left = join(tmpdir(), `millrace-${PURPOSE}-${gone.pid}-left`);
  await mkdir(left);
  const own = await makeOwnFolder(PURPOSE);
  await sweepLeftFolders(PURPOSE, nowMs);
  assert.equal(existsSync(left), false);
  assert.equal(existsSync(own), true);
  await rmdir(own);
});

test('so are folders in memory', async () => {
  const own = makeOwnRoomyFolder(PURPOSE).first;
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  const left = join(dirname(own), `millrace-${PURPOSE}-${gone.pid}-left`);
  await mkdir(left);
  await sweepLeftFolders(PURPOSE, nowMs);
  assert.deepEqual([existsSync(left), existsSync(own)], [false, true]);
  assert.equal(statSync(own).mode & 0o777, 0o700);
  await rmdir(own);
});

test('those of a process of another container, whose number means nothing here, are swept when they are old', async () => {
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  const [old, young] = [
    await aged(`${gone.pid}-1234567890-abcDE1`, 8),
    await aged(`${gone.pid}-1234567890-abcDE2`, 6),
  ];
  await sweepLeftFolders(PURPOSE, nowMs);
  assert.deepEqual([existsSync(old), existsSync(young)], [false, true]);
  await rmdir(young);
});

test('folders that name no process are swept when they are old, and not before', async () => {
  const [old, young] = [await aged('abcDE1', 8), await aged('abcDE2', 6)];
  await sweepLeftFolders(PURPOSE, nowMs);
  assert.deepEqual([existsSync(old), existsSync(young)], [false, true]);
  await rmdir(young);
});

/** A folder in which nothing has changed for so many days. */
async function aged(name: string, days: number): Promise<string> {
  const path = join(tmpdir(), `millrace-${PURPOSE}-${name}`);
  await mkdir(path);
  const changed = new Date(nowMs - days * DAY_MS);
  await utimes(path, changed, changed);
  return path;
}
