import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isEnvironmentUid, OwnUsers } from './identity.ts';
import { BLOCK_COUNT, BLOCK_SIZE, FIRST_UID, UidBlocks } from './uid-blocks.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-uids-'));
after(() => rmSync(folder, { recursive: true }));

test('no two environments have one user id, nor do those of another platform on this machine', () => {
  using mine = new OwnUsers(new UidBlocks(folder));
  using other = new OwnUsers(new UidBlocks(folder));
  const taken = [mine, other].flatMap((users) => Array.from({ length: BLOCK_SIZE + 5 }, () => users.take()));
  assert.equal(new Set(taken).size, taken.length);
  assert.ok(taken.every(isEnvironmentUid));
});

test('an id that was given back is given again last', () => {
  using users = new OwnUsers(new UidBlocks(folder));
  const first = users.take();
  users.giveBack(first);
  const next = Array.from({ length: BLOCK_SIZE }, () => users.take());
  assert.equal(next.at(-1), first);
});

test('the lock of a platform that was killed is free again, and nobody takes one that is held', () => {
  using held = new UidBlocks(folder);
  assert.equal(held.take(), FIRST_UID);
  const program = `
    const { UidBlocks } = await import(${JSON.stringify(new URL('./uid-blocks.ts', import.meta.url).href)});
    console.log(new UidBlocks(${JSON.stringify(folder)}).take());
    process.kill(process.pid, 'SIGKILL');`;
  const words = ['--input-type=module', '-e', `${program}`];
  const takenElsewhere = (): number => {
    try {
      return Number(execFileSync(process.execPath, words, { encoding: 'utf8', stdio: 'pipe' }));
    } catch (error) {
      return Number((error as { readonly stdout: string }).stdout);
    }
  };
  assert.equal(takenElsewhere(), FIRST_UID + BLOCK_SIZE);
  assert.equal(takenElsewhere(), FIRST_UID + BLOCK_SIZE);
});

test('when every block is held, that is said', () => {
  using all = new UidBlocks(folder);
  for (let count = 0; count < BLOCK_COUNT; count += 1) all.take();
  assert.throws(() => new UidBlocks(folder).take(), /all user ids/);
});
