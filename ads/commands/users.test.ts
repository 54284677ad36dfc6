import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { userWith } from '../pages/users.ts';

const program = join(import.meta.dirname, '..', 'cli.ts');

describe('npm run ads -- users', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  it('lets people in, gives them other passwords, and lets them in no more', async () => {
    const added = await users(['add', 'anna@test.example', '--role', 'advertiser', '--advertiser', '1']);
    const [, password = ''] = /^anna@test\.example can sign in\. Password: ([\w-]{20})\n$/.exec(added) ?? [];
    const found = await userWith(ledger.sql, 'anna@test.example', password);
    assert.deepEqual([found?.role, found?.email], ['advertiser', 'anna@test.example']);
    assert.equal(
      await users(['password', 'anna@test.example', '--stdin'], 'another good password\n'),
      'anna@test.example has another password.\n',
    );
    assert.ok(await userWith(ledger.sql, 'anna@test.example', 'another good password'));
    await users(['disable', 'anna@test.example']);
    assert.equal(await userWith(ledger.sql, 'anna@test.example', 'another good password'), undefined);
    assert.equal(await users(['list']), 'anna@test.example  advertiser 1  disabled\n');
  });

  it('says in one sentence what is wrong', async () => {
    assert.match(
      await users(['add', 'b@test.example', '--role', 'advertiser']),
      /^An advertiser needs --advertiser N/,
    );
    assert.match(
      await users(['password', 'nobody@test.example']),
      /^There is no user nobody@test\.example\.\n$/,
    );
    assert.match(
      await users(['add', 'b@test.example', '--role', 'operator', '--stdin'], 'short'),
      /^A password has 12 to 200 characters\.\n$/,
    );
  });

  /** What it says, on either output. */
  function users(words: readonly string[], input = ''): Promise<string> {
    return new Promise((resolve) => {
      const env = { ...process.env, DATABASE_URL: ledger.ownerUrl };
      const child = execFile(process.execPath, [program, 'users', ...words], { env }, (_error, out, wrong) =>
        resolve(out + wrong),
      );
      child.stdin?.end(input);
    });
  }
});
