import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openTestLedger } from '../database/fixtures.ts';
import { seedDemoUsers } from './demo-users.ts';
import { userWith } from './users.ts';

it('the demo has an operator and its advertisers, whose passwords the owner of the data alone can read', async () => {
  await using stack = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), 'demo-users-'));
  stack.defer(() => rmSync(data, { recursive: true }));
  const ledger = await openTestLedger();
  stack.defer(() => ledger.close());
  const { sql } = ledger;
  const path = (await seedDemoUsers(sql, data)) ?? assert.fail('No file was made.');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const written = readFileSync(path, 'utf8');
  const users = written
    .trim()
    .split('\n')
    .map((line) => line.split('  '));
  assert.equal(users.length, 5);
  const [email = '', password = ''] = users[1] ?? [];
  assert.deepEqual((await userWith(sql, email, password))?.role, 'advertiser');
  assert.equal(await seedDemoUsers(sql, data), path);
  assert.equal(readFileSync(path, 'utf8'), written);
  rmSync(path);
  assert.equal(await seedDemoUsers(sql, data), undefined);
});
