import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import postgres from 'postgres';
import { until } from '../crash/waiting.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { uuid7 } from '../server/uuid7.ts';
import { chargeBatch } from './batch.ts';
import { chargeClicks } from './charge.ts';
import { encodeClick } from './click-message.ts';
import type { Click } from './click.ts';
import { sampleClick, sampleId } from './fixtures/sample-click.ts';
import { retrying } from './retry.ts';

describe('charging a batch of clicks', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(() => resetLedger(ledger));

  it('bills a click once, however often its message comes', async () => {
    const batch = [sampleClick(1), sampleClick(2)];
    assert.deepEqual(await chargeClicks(ledger.sql, batch), { inserted: 2, billed: 2 });
    const first = await everything();
    assert.deepEqual(await chargeClicks(ledger.sql, batch), { inserted: 0, billed: 0 });
    assert.deepEqual(await everything(), first);
    assert.equal(await spent(1), 500_000);
  });

  it('bills a click once when its message stands twice in one batch', async () => {
    assert.deepEqual(await chargeClicks(ledger.sql, [sampleClick(1), sampleClick(1)]), {
      inserted: 1,
      billed: 1,
    });
  });

  it('never charges the second half of a double-click, in one batch or in two', async () => {
    const again = { addressHash: 'viewer-1', clickedAtMs: sampleClick(1).clickedAtMs + 200 };
    await chargeClicks(ledger.sql, [sampleClick(2, again), sampleClick(1)]);
    await chargeClicks(ledger.sql, [sampleClick(3, again)]);
    assert.deepEqual(await verdicts(), ['billed', 'double-click', 'double-click']);
  });

  it('charges the same viewer again when the window is over', async () => {
    const later = { addressHash: 'viewer-1', clickedAtMs: sampleClick(1).clickedAtMs + 30_001 };
    await chargeClicks(ledger.sql, [sampleClick(1)]);
    await chargeClicks(ledger.sql, [sampleClick(2, later)]);
    assert.deepEqual(await verdicts(), ['billed', 'billed']);
  });

  it('charges one impression once, whoever clicks on it and whenever', async () => {
    const impression = { impressionId: sampleId(77) };
    await chargeClicks(ledger.sql, [sampleClick(1, {}, impression), sampleClick(2, {}, impression)]);
    await chargeClicks(ledger.sql, [sampleClick(3, {}, impression)]);
    assert.deepEqual(await verdicts(), ['billed', 'repeated-impression', 'repeated-impression']);
  });

  it('finds repeats in the months where their ids say they are, and in all as soon as one click is not where it says', async () => {
    const dayMs = 86_400_000;
    const at = sampleClick(1).clickedAtMs;
    const timely = (number: number, sinceMs: number, impression: number): Click => {
      const clickedAtMs = at + sinceMs;
      const clickId = uuid7(clickedAtMs);
      return sampleClick(number, { clickId, clickedAtMs }, { impressionId: impressions[impression] ?? '' });
    };
    const impressions = [uuid7(at), uuid7(at + 31 * dayMs)];
    await ledger.owner`SELECT make_partitions('2025-06-01', '2025-09-01')`;
    for (const click of [
      timely(1, 0, 0),
      timely(2, 30 * dayMs, 0),
      timely(3, 31 * dayMs, 1),
      { ...timely(4, 31 * dayMs + 200, 1), addressHash: 'viewer-3' },
      { ...timely(5, 31 * dayMs - 30_000, 1), addressHash: 'viewer-3' },
      timely(6, 30 * dayMs, 1),
    ])
      await chargeClicks(ledger.sql, [click]);
    const known = [
      'billed',
      'repeated-impression',
      'billed',
      'double-click',
      'double-click',
      'repeated-impression',
    ];
    assert.deepEqual(await verdicts('seq'), known);
    assert.equal(await idsTellTime(), true);
    const late = timely(7, 31 * dayMs, 0);
    await chargeClicks(ledger.sql, [sampleClick(7, {}, { impressionId: sampleId(77) })]);
    assert.equal(await idsTellTime(), false);
    await chargeClicks(ledger.sql, [{ ...late, seq: 8 }]);
    await chargeClicks(ledger.sql, [sampleClick(9, {}, { impressionId: sampleId(77) })]);
    assert.deepEqual(await verdicts('seq'), [
      ...known,
      'billed',
      'repeated-impression',
      'repeated-impression',
    ]);
  });

  it('records a batch all the same when another has recorded a click of it meanwhile', async () => {
    const shared = untrusted(3);
    const other = postgres(ledger.url, { max: 1 });
    const recorded = Promise.withResolvers<void>();
    const first = other.begin(async (sql) => {
      await sql`INSERT INTO click SELECT (jsonb_populate_record(NULL::click, ${await rowOf(shared)}::text::jsonb)).*`;
      recorded.resolve();
      await until('the batch waits for it', async () => (await waiting()) === 1, 30_000);
    });
    await recorded.promise;
    const messages = [sampleClick(1), shared].map((click) => ({
      messageId: click.clickId,
      body: encodeClick(click),
    }));
    assert.deepEqual(await chargeBatch(ledger.sql, messages), []);
    await first;
    await other.end();
    assert.deepEqual(await verdicts(), ['billed', 'forged']);
    const [stat] = await ledger.sql`SELECT sum(clicks)::integer AS clicks FROM stat_hour`;
    assert.equal(stat?.['clicks'], 1);
  });

  it('gives the money to the clicks that came first, and the rest is free', async () => {
    await resetLedger(ledger, 600_000);
    await chargeClicks(ledger.sql, [sampleClick(3), sampleClick(1), sampleClick(2)]);
    assert.deepEqual(await verdicts(), ['billed', 'billed', 'unfunded']);
    assert.equal(await spent(1), 500_000);
  });

  it('records clicks on an ended campaign as free and on an unknown one as invalid', async () => {
    await ledger.sql`UPDATE campaign SET state = 'ended' WHERE campaign_id = 2`;
    const clicks = [sampleClick(1, {}, { campaignId: 2 }), sampleClick(2, {}, { campaignId: 999 })];
    await chargeClicks(ledger.sql, clicks);
    assert.deepEqual(await verdicts(), ['ended', 'unknown-campaign']);
  });

  it('records a click whose token cannot be trusted, without anything the token said', async () => {
    const { served: _, ...untrusted } = sampleClick(1, { token: 'forged' });
    await chargeClicks(ledger.sql, [untrusted]);
    assert.deepEqual(await verdicts(), ['forged']);
    const rows = await ledger.sql`SELECT campaign_id, impression_id FROM click`;
    assert.deepEqual({ ...rows[0] }, { campaign_id: null, impression_id: null });
  });

  it('reports what is no click, and charges its neighbours', async () => {
    const messages = [
      { messageId: 'a', body: encodeClick(sampleClick(1)) },
      { messageId: 'b', body: 'no click' },
      { messageId: 'c', body: encodeClick({ ...sampleClick(2), agent: "'); DROP TABLE click; --" }) },
    ];
    assert.deepEqual(await chargeBatch(ledger.sql, messages), ['b']);
    assert.deepEqual(await verdicts(), ['billed', 'billed']);
  });

  it('keeps every sum true when overlapping batches are charged at the same time', async () => {
    const others = [1, 2, 3].map(() => postgres(ledger.url, { max: 1 }));
    await resetLedger(ledger, 10_000_000);
    const clicks = Array.from({ length: 60 }, (_, index) => sampleClick(index + 1, {}, overCampaigns(index)));
    const forged = Array.from({ length: 10 }, (_, index) => untrusted(100 + index));
    const batches = [0, 10, 20, 30].map((from) => [...clicks.slice(from, from + 30), ...forged]);
    const connections = [ledger.sql, ...others];
    await Promise.all(
      batches.map((batch, index) => {
        const sql = connections[index] ?? ledger.sql;
        const mixed = index % 2 === 0 ? batch : batch.toReversed();
        return retrying(() => chargeClicks(sql, mixed));
      }),
    );
    await Promise.all(others.map((sql) => sql.end()));
    await assertTrue();
    assert.equal((await verdicts()).length, 70);
  });

  it('never exceeds a budget and never charges an impression twice, whatever comes', async () => {
    const click = fc.record({
      number: fc.integer({ min: 1, max: 12 }),
      impression: fc.integer({ min: 1, max: 8 }),
      viewer: fc.integer({ min: 1, max: 4 }),
      atMs: fc.integer({ min: 0, max: 90_000 }),
      campaign: fc.integer({ min: 1, max: 3 }),
      price: fc.integer({ min: 0, max: 500_000 }),
    });
    const batches = fc.array(fc.array(click, { maxLength: 8 }), { maxLength: 4 });
    const property = fc.asyncProperty(
      batches,
      fc.integer({ min: 0, max: 2_000_000 }),
      async (plan, limit) => {
        await resetLedger(ledger, limit);
        for (const batch of plan) {
          const clicks = batch.map((one) =>
            sampleClick(
              one.number,
              { addressHash: `viewer-${one.viewer}`, clickedAtMs: 1_750_000_000_000 + one.atMs },
              {
                impressionId: sampleId(1000 + one.impression),
                campaignId: one.campaign,
                priceMicros: one.price,
              },
            ),
          );
          await chargeClicks(ledger.sql, clicks);
        }
        await assertTrue();
      },
    );
    await fc.assert(property, { numRuns: 60, seed: 42 });
  });

  function overCampaigns(index: number): { campaignId: number; priceMicros: number } {
    return { campaignId: (index % 3) + 1, priceMicros: 700_000 };
  }

  function untrusted(number: number): Click {
    const { served: _, ...click } = sampleClick(number, { token: 'forged' });
    return click;
  }

  async function verdicts(order: 'click_id' | 'seq' = 'click_id'): Promise<readonly string[]> {
    const rows = await ledger.sql<{ said: string }[]>`
      SELECT coalesce(reason, verdict) AS said FROM click ORDER BY ${ledger.sql(order)}`;
    return rows.map((row) => row.said);
  }

  async function idsTellTime(): Promise<boolean> {
    const [row] = await ledger.sql<{ tell: boolean }[]>`SELECT ids_tell_time AS tell FROM books`;
    return row?.tell === true;
  }

  /** The row that another batch writes for the click, as JSON; nothing of it stays. */
  async function rowOf(click: Click): Promise<string> {
    await chargeClicks(ledger.sql, [click]);
    const [row] = await ledger.sql<{ row: string }[]>`SELECT to_jsonb(click)::text AS row FROM click`;
    await resetLedger(ledger);
    return row?.row ?? '';
  }

  /** How many transactions wait for another. */
  async function waiting(): Promise<number> {
    const rows = await ledger.sql`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'`;
    return rows.length;
  }

  async function spent(campaign: number): Promise<number> {
    const [row] = await ledger.sql`SELECT spent_micros FROM budget WHERE campaign_id = ${campaign}`;
    return Number(row?.['spent_micros']);
  }

  async function everything(): Promise<unknown> {
    const tables = ['click', 'charge', 'budget', 'stat_hour'];
    return Promise.all(tables.map((table) => ledger.sql.unsafe(`SELECT * FROM ${table} ORDER BY 1, 2`)));
  }

  /** Each number of the ledger follows from the clicks. */
  async function assertTrue(): Promise<void> {
    const wrongBudgets = await ledger.sql`
      SELECT campaign_id FROM budget LEFT JOIN charge USING (campaign_id)
      GROUP BY campaign_id HAVING spent_micros <> coalesce(sum(amount_micros), 0) OR spent_micros > limit_micros`;
    const wrongCharges = await ledger.sql`
      SELECT 1 FROM click FULL JOIN charge USING (click_id)
      WHERE (click.verdict = 'billed') IS DISTINCT FROM (charge.click_id IS NOT NULL)`;
    const wrongStatistics = await ledger.sql`
      SELECT 1 FROM (SELECT sum(clicks) AS clicks, coalesce(sum(amount_micros), 0) AS micros FROM stat_hour) AS stat,
        (SELECT count(*) AS clicks FROM click) AS clicks,
        (SELECT coalesce(sum(amount_micros), 0) AS micros FROM charge) AS charges
      WHERE coalesce(stat.clicks, 0) <> clicks.clicks OR stat.micros <> charges.micros`;
    assert.deepEqual([wrongBudgets.length, wrongCharges.length, wrongStatistics.length], [0, 0, 0]);
  }
});
