import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { uuid7 } from '../server/uuid7.ts';
import { openTestLedger } from './fixtures.ts';
import type { Ledger } from './ledger.ts';

describe('the partitions of clicks', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  it('hold each click by the month of its id, and take any other click too', async () => {
    await ledger.owner`SELECT make_partitions('2026-01-31', '2026-02-01')`;
    const moments = ['2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '1999-12-31T00:00:00Z'];
    const clicks = moments.map((moment, index) =>
      sampleClick(index + 1, { clickId: uuid7(Date.parse(moment)), clickedAtMs: Date.parse(moment) }),
    );
    await chargeClicks(ledger.sql, clicks);
    const rows = await ledger.sql<{ place: string; seq: string }[]>`
      SELECT tableoid::regclass::text AS place, seq FROM click ORDER BY seq`;
    assert.deepEqual(
      rows.map((row) => row.place),
      ['click_2026_01', 'click_2026_02', 'click_default'],
    );
  });

  it('can be asked for again, also for a month whose clicks came before its partition', async () => {
    await ledger.owner`SELECT make_partitions('1999-11-01', '2000-01-31')`;
    await ledger.owner`SELECT make_partitions('1999-11-01', '2000-01-31')`;
    const [row] = await ledger.sql`
      SELECT count(*)::integer AS clicks, count(*) FILTER (WHERE tableoid = 'click_default'::regclass)::integer AS old
      FROM click`;
    assert.deepEqual({ ...row }, { clicks: 3, old: 1 });
  });

  it('are there for this month and the next ones', async () => {
    const rows = await ledger.sql<{ name: string }[]>`
      SELECT relname AS name FROM pg_class WHERE relname ~ '^(click|impression)_[0-9]{4}_[0-9]{2}$'`;
    const names = new Set(rows.map((row) => row.name));
    for (const ahead of ['0', '1', '2', '3']) {
      const [row] = await ledger.sql<{ month: string }[]>`
        SELECT to_char((now() AT TIME ZONE 'UTC') + ${ahead}::text::integer * interval '1 month', '_YYYY_MM') AS month`;
      for (const family of ['click', 'impression'])
        assert.ok(names.has(`${family}${row?.month}`), `${family}${row?.month}`);
    }
  });

  it('are left out when a time is asked for that is not theirs', async () => {
    const plan = await ledger.sql`
      EXPLAIN SELECT * FROM click WHERE click_id >= '019c0000-0000-0000-0000-000000000000'
        AND click_id < '019c1000-0000-0000-0000-000000000000'`;
    const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    assert.match(text, /click_2026_01/);
    assert.doesNotMatch(text, /click_2026_02/);
  });

  it('are left out by ALL as well, for which no index is used', async () => {
    const plan = await ledger.sql`
      EXPLAIN SELECT * FROM click WHERE verdict <> 'invalid' AND impression_id = '019c0000-0000-0000-0000-000000000001'
        AND click_id >= ALL (ARRAY['019c0000-0000-0000-0000-000000000000'::uuid])
        AND click_id <= ALL (ARRAY['019c1000-0000-0000-0000-000000000000'::uuid])`;
    const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    assert.match(text, /click_2026_01/);
    assert.doesNotMatch(text, /click_2026_02|Index Cond: .*click_id/);
  });
});
