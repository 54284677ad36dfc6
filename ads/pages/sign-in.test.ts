import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { Attempts } from './attempts.ts';
import { PASSWORD, signedIn } from './fixtures/signed-in.ts';
import { PageServer } from './page-server.ts';
import { hashPassword, isPassword, UnfitPassword } from './password.ts';
import { addUser, changePassword, setDisabled, UserRefused } from './users.ts';

describe('signing in', () => {
  let ledger: Ledger;
  let pages: PageServer;
  let origin: string;
  before(async () => {
    ledger = await openTestLedger();
    await addUser(ledger.sql, { email: 'Anna@Bicycles.example', password: PASSWORD, advertiserId: 1 });
  });
  after(() => ledger.close());
  beforeEach(async () => {
    await pages?.close();
    pages = new PageServer({
      sql: ledger.sql,
      insider: { cookie: 'insider', mark: () => 'marked' },
      attempts: { most: 3, windowMs: 60_000 },
    });
    origin = await pages.listen();
  });
  after(() => pages.close());

  it('gives a cookie that scripts and other sites do not get, of which only the hash is kept', async () => {
    const answer = await enter('anna@bicycles.example ', PASSWORD);
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/']);
    const [own = '', insider = ''] = answer.headers.getSetCookie();
    assert.match(own, /^millrace_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/);
    assert.match(insider, /^insider=marked; /);
    const token = tokenOf(answer);
    const kept = JSON.stringify(
      await ledger.sql`SELECT encode(token_hash, 'escape') AS hash, csrf_token FROM session`,
    );
    assert.ok(!kept.includes(token));
    const first = await get('/', `millrace_session=${token}`);
    assert.equal(first.headers.get('location'), '/advertiser/1');
  });

  it('tells nobody which of address and password was wrong', async () => {
    for (const [email, password] of [
      ['anna@bicycles.example', 'not her password'],
      ['nobody@bicycles.example', PASSWORD],
      ["' OR 1=1 --", PASSWORD],
      ['', ''],
    ] as const) {
      const answer = await enter(email, password);
      assert.equal(answer.status, 403);
      assert.deepEqual(answer.headers.getSetCookie(), []);
      assert.match(await answer.text(), /do not belong together/);
    }
  });

  it('is refused for a while after too many attempts for one address, also with the right password', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1)
      assert.equal((await enter('anna@bicycles.example', `wrong ${attempt}`)).status, 403);
    const late = await enter('anna@bicycles.example', PASSWORD);
    assert.equal(late.status, 429);
    assert.ok(Number(late.headers.get('retry-after')) > 0);
  });

  it('makes a new session each time and ends the one before', async () => {
    const first = tokenOf(await enter('anna@bicycles.example', PASSWORD));
    const second = tokenOf(
      await enter('anna@bicycles.example', PASSWORD, { Cookie: `millrace_session=${first}` }),
    );
    assert.notEqual(first, second);
    assert.equal((await get('/me', `millrace_session=${first}`)).status, 401);
    assert.equal((await get('/me', `millrace_session=${second}`)).status, 200);
  });

  it('ends when somebody signs out, and live figures with it', async () => {
    const cookie = (await signedIn(ledger.sql, 'out@bicycles.example', 1)).Cookie;
    const live = await get('/advertiser/1/live', cookie);
    assert.equal(live.status, 200);
    const text = live.text();
    assert.equal((await signOut(cookie)).status, 303);
    await text;
    assert.equal((await get('/advertiser/1/live', cookie)).status, 401);
  });

  it('ends by time, by idleness, by another password, and when the user is disabled', async () => {
    const cookie = (await signedIn(ledger.sql, 'times@bicycles.example', 1)).Cookie;
    const status = async (): Promise<number> => (await get('/me', cookie)).status;
    const { sql } = ledger;
    assert.equal(await status(), 200);
    await sql`UPDATE session SET last_seen_at = now() - interval '121 minutes'`;
    assert.equal(await status(), 401);
    await sql`UPDATE session SET last_seen_at = now() - interval '119 minutes'`;
    assert.equal(await status(), 200);
    const [seen] = await sql`SELECT max(last_seen_at) > now() - interval '1 minute' AS now FROM session`;
    assert.equal(seen?.['now'], true);
    await sql`UPDATE session SET expires_at = now()`;
    assert.equal(await status(), 401);
    await sql`UPDATE session SET expires_at = now() + interval '1 hour'`;
    assert.equal(await status(), 200);
    await changePassword(sql, 'times@bicycles.example', `${PASSWORD}!`);
    assert.equal(await status(), 401);
    await setDisabled(sql, 'times@bicycles.example', true);
    assert.equal((await enter('times@bicycles.example', `${PASSWORD}!`)).status, 403);
  });

  it('and every change is refused to pages of other sites, and without the token of the session', async () => {
    const { Cookie } = await signedIn(ledger.sql, 'cross@bicycles.example', 1);
    for (const foreign of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
    ]) {
      assert.equal((await enter('anna@bicycles.example', PASSWORD, foreign)).status, 403);
      assert.equal((await signOut(Cookie, foreign)).status, 403);
    }
    for (const token of ['', 'x', 'x'.repeat(43)])
      assert.equal((await signOut(Cookie, { 'X-CSRF-Token': token })).status, 403);
    assert.equal((await get('/me', Cookie)).status, 200);
  });

  it('is for users that can be: of an address, a known advertiser, and once', async () => {
    for (const user of [
      { email: 'no address', password: PASSWORD },
      { email: 'anna@bicycles.example', password: PASSWORD },
      { email: 'new@bicycles.example', password: PASSWORD, advertiserId: 99 },
    ])
      await assert.rejects(addUser(ledger.sql, user), UserRefused);
    await assert.rejects(changePassword(ledger.sql, 'nobody@bicycles.example', PASSWORD), UserRefused);
  });

  it('takes no body that is too long or of another kind', async () => {
    assert.equal((await enter('a@b.example', 'x'.repeat(20_000))).status, 413);
    const json = await fetch(`${origin}/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    assert.equal(json.status, 415);
  });

  function enter(email: string, password: string, headers: Record<string, string> = {}): Promise<Response> {
    const body = new URLSearchParams({ email, password });
    return fetch(`${origin}/sign-in`, { method: 'POST', body, headers, redirect: 'manual' });
  }

  function get(path: string, cookie: string): Promise<Response> {
    return fetch(origin + path, { headers: { Cookie: cookie }, redirect: 'manual' });
  }

  async function signOut(cookie: string, more: Record<string, string> = {}): Promise<Response> {
    const { csrfToken } = (await (await get('/me', cookie)).json()) as { csrfToken: string };
    const headers = { Cookie: cookie, 'X-CSRF-Token': csrfToken, ...more };
    return fetch(`${origin}/sign-out`, { method: 'POST', headers, redirect: 'manual' });
  }
});

function tokenOf(answer: Response): string {
  return /^millrace_session=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
}

describe('what is kept of a password', () => {
  it('is another text each time, and fits that password alone', async () => {
    const [one, two] = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)];
    assert.notEqual(one, two);
    assert.match(one, /^scrypt\$15\$8\$3\$/);
    assert.equal(await isPassword(PASSWORD, one), true);
    assert.equal(await isPassword(`${PASSWORD} `, one), false);
    assert.equal(await isPassword(PASSWORD, 'something else'), false);
  });

  it('is nothing when it is too short or too long', async () => {
    for (const password of ['eleven char', 'x'.repeat(201)])
      await assert.rejects(hashPassword(password), UnfitPassword);
  });
});

describe('attempts', () => {
  it('are borne again when their time is over, or after a good one', () => {
    const attempts = new Attempts({ most: 2, windowMs: 100 });
    assert.deepEqual([attempts.take('a', 0), attempts.take('a', 10), attempts.take('a', 20)], [0, 0, 80]);
    assert.equal(attempts.take('b', 20), 0);
    assert.equal(attempts.take('a', 100), 0);
    attempts.take('a', 101);
    attempts.clear('a');
    assert.equal(attempts.take('a', 102), 0);
  });
});
