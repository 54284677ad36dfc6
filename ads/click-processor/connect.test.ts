import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { DatabaseProxy } from '../crash/database-proxy.ts';
import { until } from '../crash/waiting.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { connectTo } from './connect.ts';
import { retrying } from './retry.ts';

describe('a transaction', () => {
  let ledger: Ledger;
  let proxy: DatabaseProxy;
  let sql: postgres.Sql;
  before(async () => {
    ledger = await openTestLedger();
    await ledger.owner`CREATE TABLE trial (number integer PRIMARY KEY)`;
    await ledger.owner`GRANT ALL ON trial TO ads_app`;
    proxy = await DatabaseProxy.start(() => Number(new URL(ledger.url).port));
    const url = new URL(ledger.url);
    url.port = String(proxy.port);
    sql = connectTo(url.href, { max: 2, connection: { application_name: 'to-be-cut' } });
  });
  after(async () => {
    await sql.end({ timeout: 1 });
    await proxy[Symbol.asyncDispose]();
    await ledger.close();
  });

  it('commits what it did, and nothing when it fails', async () => {
    await sql.begin((transaction) => transaction`INSERT INTO trial VALUES (1)`);
    const failing = sql.begin(async (transaction) => {
      await transaction`INSERT INTO trial VALUES (2)`;
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    await assert.rejects(
      sql.begin((transaction) => transaction`INSERT INTO trial VALUES (1)`),
      /duplicate key/,
    );
    assert.deepEqual(await numbers(), [1]);
  });

  it('is not taken for committed when one of its queries failed and nobody minded', async () => {
    const careless = sql.begin(async (transaction) => {
      await transaction`INSERT INTO trial VALUES (3)`;
      await transaction`INSERT INTO trial VALUES (1)`.catch(() => undefined);
    });
    await assert.rejects(careless, /nothing was committed/);
    assert.deepEqual(await numbers(), [1]);
  });

  it('that loses its connection rejects, leaves nothing behind, and sends nothing on another one', async () => {
    const lost = sql.begin(async (transaction) => {
      await transaction`INSERT INTO trial VALUES (4)`;
      proxy.cut();
      await sleep(50);
      await transaction`INSERT INTO trial VALUES (5)`;
    });
    await assert.rejects(lost, { code: 'CONNECTION_CLOSED' });
    assert.deepEqual(await numbers(), [1]);
    await sql.begin((transaction) => transaction`INSERT INTO trial VALUES (6)`);
    assert.deepEqual(await numbers(), [1, 6]);
  });

  it('that fails takes with it what was asked at the same time, and its connection', async () => {
    const failing = sql.begin(async (transaction) => {
      void transaction`SELECT ${1}::integer`.execute();
      void transaction`INSERT INTO trial VALUES (${7})`.execute();
      await Promise.reject(new Error('no'));
    });
    await assert.rejects(failing, /^Error: no$/);
    await until('end of its connection', async () => (await connections()) === 0, 30_000);
    assert.deepEqual(await numbers(), [1, 6]);
  });

  it('is done once and wholly when it is tried again, however often the connection is cut', async () => {
    const cutting = new AbortController();
    const cuts = (async () => {
      while (!cutting.signal.aborted) {
        proxy.cut();
        await sleep(7);
      }
    })();
    const work = Array.from({ length: 40 }, async (_, index) => {
      const number = 100 + index * 2;
      for (let isDone = false; !isDone;)
        isDone = await retrying(() => both(number)).then(
          () => true,
          () => false,
        );
    });
    await sleep(600);
    cutting.abort();
    await Promise.all([...work, cuts]);
    const found = (await numbers()).filter((number) => number >= 100);
    assert.deepEqual(
      found,
      Array.from({ length: 80 }, (_, index) => 100 + index),
    );
  });

  it('goes on when the server ends its connections, again and again', async () => {
    const [one] = await ledger.owner<{ count: string }[]>`SELECT count(*) FROM trial`;
    for (let number = 1000; number < 1040; number += 1) {
      await retrying(() => sql.begin((transaction) => transaction`INSERT INTO trial VALUES (${number})`));
      await ledger.sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to-be-cut'`;
    }
    const [all] = await ledger.owner<{ count: string }[]>`SELECT count(*) FROM trial`;
    assert.equal(Number(all?.count) - Number(one?.count), 40);
  });

  it('takes and gives arrays as they are', async () => {
    const texts = ['a', '', 'with "quotes" and \\', '{,}', 'NULL', 'é'];
    const [row] = await sql`
      SELECT ${texts}::text[] AS texts, ${[1, -2]}::integer[] AS numbers, ${[2 ** 40]}::bigint[] AS large,
        ${['01900000-0000-7000-8000-000000000001']}::uuid[] AS ids, ${['2026-01-31']}::date[] AS days,
        ${[] as string[]}::text[] AS none, ARRAY['x', NULL] AS gaps`;
    assert.deepEqual(
      { ...row },
      {
        texts,
        numbers: [1, -2],
        large: [String(2 ** 40)],
        ids: ['01900000-0000-7000-8000-000000000001'],
        days: ['2026-01-31'],
        none: [],
        gaps: ['x', null],
      },
    );
  });

  it('waits for its turn when all connections are busy', async () => {
    const works = Array.from({ length: 12 }, (_, index) =>
      sql.begin(async (transaction) => {
        await transaction`SELECT pg_sleep(0.01)`;
        return index;
      }),
    );
    assert.deepEqual(
      await Promise.all(works),
      Array.from({ length: 12 }, (_, index) => index),
    );
  });

  async function connections(): Promise<number> {
    const rows = await ledger.sql`SELECT 1 FROM pg_stat_activity WHERE application_name = 'to-be-cut'`;
    return rows.length;
  }

  async function both(number: number): Promise<void> {
    await sql.begin(async (transaction) => {
      await transaction`INSERT INTO trial VALUES (${number}) ON CONFLICT DO NOTHING`;
      await transaction`INSERT INTO trial VALUES (${number + 1}) ON CONFLICT DO NOTHING`;
    });
  }

  async function numbers(): Promise<readonly number[]> {
    const rows = await ledger.owner<{ number: number }[]>`SELECT number FROM trial ORDER BY number`;
    return rows.map((row) => row.number);
  }
});
