import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type postgres from 'postgres';
import { addUser, listUsers } from './users.ts';

/**
 * Lets an operator and each advertiser of the demo sign in when nobody can yet. Their passwords are kept in a file of
 * the data directory that its owner alone can read; answers where, or undefined when others made the users.
 */
export async function seedDemoUsers(sql: postgres.Sql, data: string): Promise<string | undefined> {
  const path = join(data, 'demo-users.txt');
  if ((await listUsers(sql)).length > 0) return existsSync(path) ? path : undefined;
  const advertisers = await sql<{ id: number }[]>`
    SELECT advertiser_id AS id FROM advertiser ORDER BY advertiser_id LIMIT 10`;
  const users = [
    { email: 'operator@demo.example', password: madeUp(), advertiserId: undefined },
    ...advertisers.map(({ id }) => ({
      email: `advertiser${id}@demo.example`,
      password: madeUp(),
      advertiserId: id,
    })),
  ];
  // Kept first: a user whose password nobody knows would be in the way.
  const lines = users.map(({ email, password }) => `${email}  ${password}\n`);
  writeFileSync(path, lines.join(''), { mode: 0o600 });
  await sql.begin(async (transaction) => {
    for (const user of users) await addUser(transaction, user);
  });
  return path;
}

function madeUp(): string {
  return randomBytes(15).toString('base64url');
}
