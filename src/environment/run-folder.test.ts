import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmdirSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import { RunFolder } from './run-folder.ts';

const nowMs = new SystemClock().nowMs();

test('a run folder is private, goes with its run, and what a kill left goes at the next start', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  const options = { places: { memory: undefined, disk: tmpdir() }, dataDirectory, nowMs };
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

test('what a killed platform left goes also when its data directory is gone; what a running one has stays', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'place-'));
  const options = { places: { memory: undefined, disk }, nowMs };
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  try {
    const neighbour = await RunFolder.open({ ...options, dataDirectory: await mkdtemp(join(disk, 'data-')) });
    const { current } = neighbour;
    const left = current.replace(`-${process.pid}-`, `-${gone.pid}-`);
    await mkdir(join(left, 'environment'), { recursive: true });
    await RunFolder.open({ ...options, dataDirectory: await mkdtemp(join(disk, 'data-')) });
    assert.deepEqual([existsSync(left), existsSync(current)], [false, true]);
  } finally {
    await rm(disk, { recursive: true });
  }
});

test('a note that names something else removes nothing', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  try {
    await writeFile(join(dataDirectory, 'run-folder'), dataDirectory);
    await using folder = await RunFolder.open({
      places: { memory: undefined, disk: tmpdir() },
      dataDirectory,
      nowMs,
    });
    assert.ok(existsSync(dataDirectory) && existsSync(folder.current));
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});

test('while it has no room, another one serves, and both go with their run or at the next start', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'data-'));
  const options = { places: { memory: undefined, disk: tmpdir() }, dataDirectory, nowMs };
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
