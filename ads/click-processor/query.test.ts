import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { DatabaseProxy } from '../crash/database-proxy.ts';
import { until } from '../crash/waiting.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { connectTo } from './connect.ts';

describe('a single query', () => {
  let ledger: Ledger;
  let proxy: DatabaseProxy;
  before(async () => {
    ledger = await openTestLedger();
    proxy = await DatabaseProxy.start(() => Number(new URL(ledger.url).port));
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    await ledger.close();
  });

  it('may be part of another, and is asked once, when somebody waits for it', async () => {
    await using client = connected({ max: 2 });
    const { sql } = client;
    const part = sql`WHERE name = ${'Publisher 1'}`;
    const asked = sql`SELECT nextval('ledger_position')::integer AS number FROM publisher ${part} LIMIT 1`;
    await sql`SELECT 1 FROM ${sql('publisher')}`;
    assert.deepEqual(await asked, await asked);
  });

  it('comes to its end, however often the connection is cut', async () => {
    await using client = connected({ max: 2 });
    const cutting = new AbortController();
    const cuts = (async () => {
      while (!cutting.signal.aborted) {
        proxy.cut();
        await sleep(3);
      }
    })();
    const asked = Array.from({ length: 20 }, () => askUntil(client.sql, cutting.signal));
    await sleep(700);
    cutting.abort();
    await Promise.all([...asked, cuts]);
    assert.equal((await client.sql`SELECT 1`).length, 1);
  });

  it('is answered again soon after the database was killed', async () => {
    await using client = connected({ max: 3 });
    const { sql } = client;
    await Promise.all([1, 2, 3].map(() => sql`SELECT pg_sleep(0.05)`));
    const asked = [1, 2, 3, 4].map(() => sql`SELECT pg_sleep(60)`.catch((error: unknown) => error));
    await until('queries under way', async () => (await sleepers()).length === 3, 30_000);
    process.kill((await sleepers())[0] ?? 0, 'SIGKILL');
    await until('answer', async () => (await sql`SELECT 1`).length === 1, 30_000);
    await client[Symbol.asyncDispose]();
    for (const error of await Promise.all(asked)) assert.ok(error instanceof Error);
  });

  it('is given up when a frozen database does not answer, and so is a transaction; both go on when it is thawed', async () => {
    await using client = connected({ max: 1, longestQueryMs: 500, connectSeconds: 1 });
    const { sql } = client;
    const [row] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    const other = await sql.begin(async (one) => one<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`);
    const frozen = [row?.pid ?? 0, other[0]?.pid ?? 0, serverOf(row?.pid ?? 0)];
    frozen.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    try {
      const waiting = sql`SELECT 1`;
      await assert.rejects(waiting, { code: 'QUERY_TIMEOUT' });
      await assert.rejects(
        sql.begin((one) => one`SELECT 1`),
        { code: 'QUERY_TIMEOUT' },
      );
      await assert.rejects(sql`SELECT 1`, (error: Error & { code: string }) =>
        /^(CONNECT|QUERY)_TIMEOUT$/.test(error.code),
      );
    } finally {
      frozen.forEach((pid) => process.kill(pid, 'SIGCONT'));
    }
    await until('answer', async () => (await sql`SELECT 1`).length === 1, 30_000);
    await until('transaction', async () => (await sql.begin((one) => one`SELECT 1`)).length === 1, 30_000);
  });

  it('waits no longer for a free connection than for an answer', async () => {
    await using client = connected({ max: 1, longestQueryMs: 500 });
    const { sql } = client;
    const long = assert.rejects(sql`SELECT pg_sleep(20)`, { code: 'QUERY_TIMEOUT' });
    const behind = sql`SELECT 1`.then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
    await long;
    assert.match(await behind, /answered|QUERY_TIMEOUT/);
  });

  it('does not keep a client that is ended', async () => {
    await using client = connected({ max: 1 });
    const { sql } = client;
    const asked = assert.rejects(sql`SELECT pg_sleep(60)`, { code: 'CONNECTION_CLOSED' });
    await until('query under way', async () => (await sleepers()).length === 1, 30_000);
    const waiting = assert.rejects(sql`SELECT 1`, { code: 'CONNECTION_CLOSED' });
    await sql.end({ timeout: 0.1 });
    await Promise.all([asked, waiting, assert.rejects(sql`SELECT 1`, { code: 'CONNECTION_CLOSED' })]);
  });

  /** A client by way of the proxy, ended with the test. */
  function connected(
    options: Parameters<typeof connectTo>[1],
  ): AsyncDisposable & { readonly sql: postgres.Sql } {
    const url = new URL(ledger.url);
    url.port = String(proxy.port);
    const sql = connectTo(url.href, { connection: { application_name: 'asking' }, ...options });
    return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
  }

  /** Asks one query after the other; whether they succeed does not matter. */
  async function askUntil(sql: postgres.Sql, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await sql`SELECT 1`.catch(() => sleep(1));
  }

  async function sleepers(): Promise<readonly number[]> {
    const rows = await ledger.sql<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity
      WHERE application_name = 'asking' AND state = 'active' AND query LIKE '%pg_sleep(60)%'`;
    return rows.map(({ pid }) => pid);
  }

  /** The server's first process, which takes the connections. */
  function serverOf(backendPid: number): number {
    const stat = readFileSync(`/proc/${backendPid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
});
