import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { NOW_MS } from './fixtures/test-server.ts';
import { KEY_KEPT_MS, KEY_LIFE_MS } from './key-ring.ts';
import { SecretsFile } from './secrets-file.ts';

const DAY_MS = 86_400_000;

describe('the file of secrets', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    path = join(directory, 'secrets.json');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is readable by its owner alone, and refused in one sentence when it is not', () => {
    new SecretsFile(path, NOW_MS);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    chmodSync(path, 0o640);
    assert.throws(() => new SecretsFile(path, NOW_MS), /may be read by others than its owner: run chmod 600/);
  });

  it('is refused when it is broken, and not written over', () => {
    for (const text of ['', 'null', '{"ring":{}}', '{']) {
      writeFileSync(path, text, { mode: 0o600 });
      assert.throws(() => new SecretsFile(path, NOW_MS), /is not a file of secrets: move it away/, text);
    }
  });

  it('changes its key after a week and its salt every day', () => {
    const secrets = new SecretsFile(path, NOW_MS);
    const [key, salt] = [secrets.signingKey(NOW_MS), secrets.salt(NOW_MS)];
    const tomorrow = NOW_MS + DAY_MS;
    assert.notEqual(secrets.salt(tomorrow), salt);
    assert.deepEqual(secrets.signingKey(tomorrow), key);
    const nextWeek = NOW_MS + KEY_LIFE_MS;
    assert.notEqual(secrets.signingKey(nextWeek).id, key.id);
    assert.deepEqual(secrets.ring(nextWeek).keys[1], key);
  });

  it('gives up a key when no link can need it any more', () => {
    const secrets = new SecretsFile(path, NOW_MS);
    const key = secrets.signingKey(NOW_MS);
    const nextWeek = NOW_MS + KEY_LIFE_MS;
    secrets.ring(nextWeek);
    const has = (atMs: number): boolean => secrets.ring(atMs).keys.some(({ id }) => id === key.id);
    assert.equal(has(nextWeek + KEY_KEPT_MS - DAY_MS), true);
    assert.equal(has(nextWeek + KEY_KEPT_MS + DAY_MS), false);
  });

  it('shows a key that another process made within a second, and the same salt to all', () => {
    const [one, other] = [new SecretsFile(path, NOW_MS), new SecretsFile(path, NOW_MS)];
    const key = one.signingKey(NOW_MS);
    assert.deepEqual(other.signingKey(NOW_MS), key);
    const made = other.rotate(NOW_MS, false);
    const soon = new Date(NOW_MS + 5000);
    utimesSync(path, soon, soon);
    assert.deepEqual(one.signingKey(NOW_MS + 1000), made);
    assert.deepEqual(
      one.ring(NOW_MS + 1000).keys.map(({ id }) => id),
      [made.id, key.id],
    );
    const tomorrow = NOW_MS + DAY_MS;
    assert.equal(one.salt(tomorrow), other.salt(tomorrow));
  });

  it('keeps no older key when they are revoked, and leaves no lock behind', () => {
    const secrets = new SecretsFile(path, NOW_MS);
    const made = secrets.rotate(NOW_MS, true);
    assert.deepEqual(secrets.ring(NOW_MS).keys, [made]);
    assert.deepEqual(readdirSync(directory), ['secrets.json']);
  });
});
