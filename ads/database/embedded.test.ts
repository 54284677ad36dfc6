import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { nobody } from './account.ts';
import { openLedger } from './ledger.ts';
import { migrate, readMigrations } from './migrate.ts';
import { parsePostmasterFile } from './postmaster-file.ts';
import { othersCanEnter } from './reachable.ts';
import { startEmbedded } from './embedded.ts';

describe('the embedded database', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'millrace-ads-'));
    chmodSync(directory, 0o755);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps its data and its address from start to start', async () => {
    const first = await openLedger({ directory, fast: true });
    await first.sql`INSERT INTO publisher VALUES (7, 'kept')`;
    await first.close();
    const second = await openLedger({ directory, fast: true });
    const rows = await second.sql`SELECT name FROM publisher`;
    await second.close();
    assert.deepEqual([rows[0]?.['name'], second.url], ['kept', first.url]);
  });

  it('takes over the server of a parent that was killed, and starts again after the server itself was', async () => {
    const orphan = await startEmbedded(directory, { fast: true });
    const adopted = await startEmbedded(directory, { fast: true });
    assert.equal(adopted.pid, orphan.pid);
    process.kill(orphan.pid, 'SIGKILL');
    const restarted = await openLedger({ directory, fast: true });
    const rows = await restarted.sql`SELECT name FROM publisher`;
    await restarted.close();
    assert.equal(rows[0]?.['name'], 'kept');
  });

  it('gives the application a role that is no superuser, and keeps its secrets to the owner', async () => {
    const ledger = await openLedger({ directory, fast: true });
    const [role] = await ledger.sql`SELECT rolsuper FROM pg_roles WHERE rolname = current_user`;
    await ledger.close();
    assert.equal(role?.['rolsuper'], false);
    assert.equal(statSync(join(directory, 'database.json')).mode & 0o077, 0);
  });

  it('never removes data whose secrets are lost, and believes no broken secrets', async () => {
    const lost = join(directory, 'lost');
    mkdirSync(lost);
    chmodSync(lost, 0o755);
    await (await openLedger({ directory: lost, fast: true })).close();
    writeFileSync(join(lost, 'database.json'), '{"superuser');
    await assert.rejects(openLedger({ directory: lost, fast: true }), /cannot be read: restore that file/);
    rmSync(join(lost, 'database.json'));
    await (await openLedger({ directory: lost, fast: true })).close();
    assert.match(readdirSync(join(lost, 'postgres')).join(), /data\.aside-/);
  });

  it('lets its schema be brought up twice at once, and refuses a newer one', async () => {
    const ledger = await openLedger({ directory, fast: true });
    try {
      const newest = readMigrations().at(-1)?.version;
      const both = Promise.all([migrate(ledger.owner), migrate(ledger.owner)]);
      assert.deepEqual(await both, [newest, newest]);
      await ledger.owner`INSERT INTO schema_version (version) VALUES (99)`;
      await assert.rejects(
        migrate(ledger.owner),
        new RegExp(`schema version 99, this program knows ${newest}`),
      );
    } finally {
      await ledger.close();
    }
  });
});

describe('a database that cannot be used', () => {
  for (const url of ['postgres://nobody@127.0.0.1:1/none', 'not an address', 'http://127.0.0.1:1/']) {
    it(`is one line that says what to do: ${url}`, async () => {
      await assert.rejects(openLedger({ url, directory: tmpdir() }), (error: Error) => {
        assert.match(error.message, /DATABASE_URL/);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    });
  }
});

describe('what surrounds the embedded database', () => {
  it('is entered by others only if every folder on the way lets them', () => {
    const root = mkdtempSync(join(tmpdir(), 'enter-'));
    const inner = join(root, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    for (const folder of [root, join(root, 'a'), inner]) chmodSync(folder, 0o755);
    assert.equal(othersCanEnter(inner), true);
    assert.equal(othersCanEnter(join(inner, 'not', 'yet')), true);
    chmodSync(root, 0o700);
    assert.equal(othersCanEnter(inner), false);
    rmSync(root, { recursive: true });
  });

  it('reads a pid file and the ids of nobody, and believes no broken ones', () => {
    const text = '4711\n/data\n1750000000\n5433\n\n127.0.0.1\n  1234\nready   \n';
    assert.deepEqual(parsePostmasterFile(text), { pid: 4711, port: 5433 });
    assert.equal(parsePostmasterFile(''), undefined);
    assert.deepEqual(nobody('root:x:0:0::/:/bin/sh\nnobody:x:99:98::/:/bin/false\n'), { uid: 99, gid: 98 });
  });
});
