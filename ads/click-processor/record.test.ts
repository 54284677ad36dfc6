import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { closeDay } from '../ledger/closing.ts';
import { fundCampaign, deposit } from '../ledger/money.ts';
import { activateRules, draftRules, readRuleSets } from '../ledger/rules.ts';
import { decodeCampaignChange } from '../messages/campaign-change.ts';
import { isBalanced, reconcile } from '../summary/reconcile.ts';
import { recordRuns } from '../summary/runs.ts';
import { recordBatch } from './batch.ts';
import { encodeClick } from './click-message.ts';
import { publishOutbox } from './outbox.ts';
import type { Click } from './click.ts';
import { sampleClick } from './fixtures/sample-click.ts';

describe('recording a batch', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(() => resetLedger(ledger));

  it('keeps a click waiting for its view, and charges it when the view comes', async () => {
    await askForViews();
    await record(sampleClick(1));
    assert.deepEqual(await verdicts(), ['pending']);
    await recordBatch(ledger.sql, [view(sampleClick(1))]);
    assert.deepEqual(await verdicts(), ['billed']);
    await record(sampleClick(2), sampleClick(1));
    await recordBatch(ledger.sql, [view(sampleClick(1)), view(sampleClick(3))]);
    await record(sampleClick(3));
    assert.deepEqual(await verdicts(), ['billed', 'pending', 'billed']);
    await assertBalanced(3);
  });

  it('asks to be reminded of a waiting click, and gives it up when no view has come', async () => {
    await askForViews(90_500);
    await record(sampleClick(1), sampleClick(2));
    const [first, second] = await outbox('pending-clicks');
    assert.equal(first?.delay, 91);
    await recordBatch(ledger.sql, [view(sampleClick(2))]);
    for (const _ of ['once', 'twice'])
      await recordBatch(ledger.sql, [
        { messageId: 'a', body: first?.body ?? '' },
        { messageId: 'b', body: second?.body ?? '' },
      ]);
    assert.deepEqual(await verdicts(), ['no-view', 'billed']);
    await assertBalanced(2);
  });

  it('takes waiting clicks in no more than once when their view comes many times at once', async () => {
    await askForViews();
    const clicks = Array.from({ length: 8 }, (_, index) => sampleClick(index + 1));
    await record(...clicks);
    await Promise.all([1, 2, 3].map(() => recordBatch(ledger.sql, clicks.map(view))));
    assert.deepEqual(new Set(await verdicts()), new Set(['billed']));
    await assertBalanced(8);
  });

  it('books what comes after its day was closed in the first open day, as an adjustment', async () => {
    const day = '2025-06-15';
    await record(sampleClick(1));
    assert.equal(await closeDay(ledger.sql, day), 'closed');
    assert.equal(await closeDay(ledger.sql, day), 'closed-before');
    assert.equal(await closeDay(ledger.sql, '2999-01-01'), 'not-over');
    await record(sampleClick(2));
    const rows = await ledger.sql<{ seq: string; adjustment: boolean; old: boolean; period: string }[]>`
      SELECT seq, adjustment, booked_hour < '2025-06-16' AS old, period::text AS period
      FROM click JOIN charge USING (click_id) ORDER BY seq`;
    assert.deepEqual(
      rows.map((row) => [row.seq, row.adjustment, row.old, row.period === day]),
      [
        ['1', false, true, true],
        ['2', true, false, false],
      ],
    );
    const [stat] = await ledger.sql`
      SELECT sum(clicks)::integer AS clicks FROM stat_hour WHERE hour < '2025-06-16' AND NOT adjustment`;
    assert.equal(stat?.['clicks'], 1);
    await assertBalanced(2);
  });

  it('does not close a day of which a click still waits', async () => {
    await askForViews();
    await record(sampleClick(1));
    assert.equal(await closeDay(ledger.sql, '2025-06-15'), 'clicks-pending');
  });

  it('stores the version of the rules with each verdict', async () => {
    await record(sampleClick(1));
    const version = await draftRules(ledger.sql, {
      definition: { refuse: [], doubleClickWindowMs: 0, viewerRates: [], viewWaitMs: null },
      note: 'everything counts',
    });
    await record(sampleClick(2, { method: 'HEAD' }));
    assert.equal(await activateRules(ledger.sql, version), true);
    assert.equal(await activateRules(ledger.sql, version), false);
    await record(sampleClick(3, { method: 'HEAD' }));
    const rows = await ledger.sql`SELECT verdict, rules_version FROM click ORDER BY seq`;
    assert.deepEqual(
      rows.map((row) => [row['verdict'], row['rules_version']]),
      [
        ['billed', 2],
        ['invalid', 2],
        ['billed', version],
      ],
    );
    assert.equal((await readRuleSets(ledger.sql))[0]?.version, version);
    await assert.rejects(draftRules(ledger.sql, { definition: { refuse: ['x'] }, note: '' }), /"refuse"/);
  });

  it('tells the ad servers once when the money of a campaign ends, and once when there is some again', async () => {
    await resetLedger(ledger, 600_000);
    await ledger.owner`DELETE FROM outbox`;
    await record(sampleClick(1));
    assert.deepEqual(await changes(), []);
    await record(sampleClick(2), sampleClick(3), sampleClick(4));
    await record(sampleClick(5));
    assert.deepEqual(await changes(), [['campaign-stopped', 1, 'exhausted']]);
    await deposit(ledger.sql, 1, { key: 'more', amountMicros: 1_000_000 });
    await fundCampaign(ledger.sql, 1, { key: 'more', amountMicros: 1_000_000 });
    assert.deepEqual(await changes(), [
      ['campaign-stopped', 1, 'exhausted'],
      ['campaign-resumed', 1, undefined],
    ]);
  });

  it('tells the alerts how a campaign stands', async () => {
    await ledger.owner`DELETE FROM outbox`;
    await ledger.owner`UPDATE budget SET told_at = NULL`;
    const now = Date.now();
    await record(
      sampleClick(1, { clickedAtMs: now }),
      sampleClick(2, { clickedAtMs: now, method: 'HEAD' }),
      sampleClick(3, { clickedAtMs: now - 3_600_000 }),
    );
    const [row] = await outbox('campaign-figures');
    const { at: _, ...figures } = JSON.parse(row?.body ?? '{}') as Record<string, unknown>;
    assert.deepEqual(figures, {
      schema: 1,
      type: 'campaign-figures',
      campaignId: 1,
      advertiserId: 1,
      stopped: false,
      limitMicros: 1_000_000_000,
      spentMicros: 500_000,
      hour: { billed: 1, 'invalid:head': 1 },
      usual: { hours: 1, clicks: 1, invalid: 0 },
    });
  });

  it('removes what the outbox held when it is sent, keeps what is not, and sends other queues all the same', async () => {
    await ledger.owner`DELETE FROM outbox`;
    const rows = Array.from({ length: 25 }, (_, index) => ({
      queue: index < 23 ? 'open' : 'shut',
      body: index,
    }));
    await ledger.sql`
      INSERT INTO outbox (queue, body)
      SELECT queue, body FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS row (queue text, body jsonb)`;
    const sent: number[] = [];
    const send = async (queue: string, messages: readonly { body: string }[]): Promise<void> => {
      if (queue === 'shut') throw new Error('no such queue');
      assert.ok(messages.length <= 10);
      sent.push(...messages.map(({ body }) => Number(body)));
    };
    await assert.rejects(publishOutbox(ledger.sql, send), /no such queue/);
    assert.deepEqual(
      sent.toSorted((a, b) => a - b),
      Array.from({ length: 23 }, (_, index) => index),
    );
    assert.equal((await outbox('shut')).length, 2);
    assert.equal((await outbox('open')).length, 0);
  });

  async function askForViews(viewWaitMs = 60_000): Promise<void> {
    const definition = { refuse: [], doubleClickWindowMs: 0, viewerRates: [], viewWaitMs };
    await activateRules(ledger.sql, await draftRules(ledger.sql, { definition, note: 'views' }));
  }

  async function record(...clicks: readonly Click[]): Promise<void> {
    const messages = clicks.map((click) => ({ messageId: click.clickId, body: encodeClick(click) }));
    assert.deepEqual((await recordBatch(ledger.sql, messages)).failedIds, []);
  }

  function view({ served, seq }: Click): { messageId: string; body: string } {
    const body = JSON.stringify({
      schema: 1,
      ...served,
      viewedAtMs: 1_750_000_000_000,
      serverId: 'view-1',
      seq,
    });
    return { messageId: `view ${seq}`, body };
  }

  async function verdicts(): Promise<readonly string[]> {
    const rows = await ledger.sql<{ said: string }[]>`
      SELECT coalesce(reason, verdict) AS said FROM click ORDER BY seq`;
    return rows.map((row) => row.said);
  }

  async function outbox(queue: string): Promise<readonly { body: string; delay: number }[]> {
    return ledger.sql<{ body: string; delay: number }[]>`
      SELECT body::text AS body, delay_seconds AS delay FROM outbox WHERE queue = ${queue} ORDER BY outbox_id`;
  }

  async function changes(): Promise<readonly unknown[]> {
    const rows = await outbox('campaign-changes');
    return rows.map(({ body }) => {
      const change = decodeCampaignChange(body);
      assert.ok(change !== undefined && Math.abs(change.atMs - Date.now()) < 60_000, body);
      return [change.type, change.campaignId, change.reason];
    });
  }

  async function assertBalanced(clicks: number): Promise<void> {
    await recordRuns(ledger.sql, [{ serverId: 'ad-1', posted: [[1, clicks]], unknown: [], refused: [] }]);
    const books = await reconcile(ledger.sql, { queued: 0, deadLetters: 0 });
    assert.ok(isBalanced(books), JSON.stringify(books));
  }
});
