import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasRoom, roomyPlace } from './memory-folder.ts';
import { RoomyFolder } from './roomy-folder.ts';

/** A file system that never has room. */
const FULL = '/proc';

test('small files go into memory while there is room', () => {
  assert.equal(hasRoom(FULL), false);
  assert.equal(roomyPlace({ memory: FULL, disk: '/disk' }), '/disk');
  assert.equal(roomyPlace({ memory: undefined, disk: '/disk' }), '/disk');
  if (hasRoom(tmpdir())) assert.equal(roomyPlace({ memory: tmpdir(), disk: '/disk' }), tmpdir());
});

test('a folder without room has another beside it, made once', () => {
  const made: string[] = [];
  const makeOther = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-roomy-'));
    made.push(folder);
    return folder;
  };
  const full = new RoomyFolder(FULL, makeOther);
  assert.deepEqual(full.all, [FULL]);
  const { current } = full;
  assert.deepEqual([current, full.current], [made[0], made[0]]);
  assert.deepEqual(full.all, [FULL, current]);
  rmSync(current, { recursive: true });
});
