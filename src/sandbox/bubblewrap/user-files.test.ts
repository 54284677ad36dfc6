import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserFiles } from './user-files.ts';

describe('the files that name the user of an environment', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-users-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('name it, and go with its last environment', async () => {
    const files = new UserFiles({ current: folder });
    const { passwd, group } = await files.of(700_123);
    assert.match(await readFile(passwd, 'utf8'), /^sbx_user1051:x:700123:700123:/);
    assert.match(await readFile(group, 'utf8'), /^sbx_user1051:x:700123:/);
    await files.drop(700_123);
    assert.deepEqual(await readdir(folder), []);
    const again = await files.of(700_123);
    assert.match(await readFile(again.passwd, 'utf8'), /:700123:/);
    await files.drop(700_123);
  });

  test('of the platform itself stay: all environments of an ordinary user have them', async () => {
    const files = new UserFiles({ current: folder });
    const { passwd } = await files.of(undefined);
    await files.drop(undefined);
    assert.ok((await readFile(passwd, 'utf8')).includes('sbx_user1051'));
  });
});
