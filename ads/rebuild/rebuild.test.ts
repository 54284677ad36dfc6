import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { recordBatch } from '../click-processor/batch.ts';
import { encodeClick } from '../click-processor/click-message.ts';
import type { Click } from '../click-processor/click.ts';
import { sampleClick, sampleId } from '../click-processor/fixtures/sample-click.ts';
import { parseRules } from '../click-processor/rules.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { updateCampaign } from '../ledger/campaigns.ts';
import { closeDay } from '../ledger/closing.ts';
import { creditClicks } from '../ledger/credits.ts';
import { deposit, fundCampaign, withdrawFromCampaign } from '../ledger/money.ts';
import { activateRules, draftRules } from '../ledger/rules.ts';
import { whatIf } from '../ledger/what-if.ts';
import { isBalanced, reconcile } from '../summary/reconcile.ts';
import { recordRuns } from '../summary/runs.ts';
import { Chance } from '../traffic/chance.ts';
import { portionsOf, type NotedEvent } from './events.ts';
import { isEqual, rebuild } from './rebuild.ts';

const LENIENT = { refuse: [], doubleClickWindowMs: 30_000, viewerRates: [], viewWaitMs: null };
const STRICT = parseRules(9, { ...LENIENT, refuse: ['head', 'bot', 'data-centre'] });
const ALWAYS = { fromMs: 0, untilMs: 4e12 };

describe('rebuilding the ledger from its clicks', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(() => resetLedger(ledger, 8_000_000));

  it('gives every row again, whatever happened in between and at the same time', async () => {
    await eventfulLife();
    const rebuilt = await rebuild(ledger);
    assert.deepEqual(
      rebuilt.tables.filter(({ differing }) => differing > 0),
      [],
    );
    assert.ok(isEqual(rebuilt));
    for (const { table, rows } of rebuilt.tables) assert.ok(rows > 0, `${table} is empty: it proves nothing`);
    assert.equal(rebuilt.chargedMicros[0], rebuilt.chargedMicros[1]);
    assert.ok(rebuilt.chargedMicros[0] > 0);
    const schemas = await ledger.owner`SELECT 1 FROM pg_namespace WHERE nspname LIKE 'rebuild%'`;
    assert.equal(schemas.length, 0);
  });

  for (const [damage, table, id] of [
    [
      `ALTER TABLE click DISABLE TRIGGER USER; UPDATE click SET verdict = 'free', reason = 'ended' WHERE seq = 1;
       ALTER TABLE click ENABLE TRIGGER USER`,
      'click',
      sampleId(1),
    ],
    ['UPDATE stat_hour SET clicks = clicks + 1', 'stat_hour', undefined],
    ["UPDATE account SET debits_micros = 7 WHERE account_id = 'hold:5'", 'account', 'hold:5'],
  ] as const) {
    it(`names what was damaged: ${table}`, async () => {
      await record([sampleClick(1)]);
      await ledger.owner.unsafe(damage);
      const found = (await rebuild(ledger)).tables.filter(({ differing }) => differing > 0);
      assert.deepEqual([found.length, found[0]?.table], [1, table]);
      if (id !== undefined) assert.deepEqual(found[0]?.ids, [id]);
    });
  }

  it('is what sending the clicks again does to a ledger that has them: nothing', async () => {
    await record([sampleClick(1), sampleClick(2)]);
    const count = () => ledger.sql`SELECT count(*) FROM ledger_event`;
    const first = await count();
    await record([sampleClick(2), sampleClick(1)]);
    assert.deepEqual([...(await count())], [...first]);
  });

  it('shows what other rules would have said, writes nothing, and gives back what they would not have billed', async () => {
    await activateRules(ledger.sql, await draftRules(ledger.sql, { definition: LENIENT, note: 'lenient' }));
    await record([
      sampleClick(1),
      sampleClick(2, { method: 'HEAD' }),
      sampleClick(3, { agent: 'curl/8' }, { campaignId: 2, priceMicros: 400_000 }),
      sampleClick(4, { addressHash: 'viewer-1' }),
    ]);
    const preview = await whatIf(ledger.sql, STRICT, ALWAYS);
    assert.deepEqual([preview.clicks, preview.wouldCount], [4, 0]);
    assert.deepEqual(preview.reasons, { head: 1, bot: 1, 'double-click': 1 });
    assert.deepEqual(
      preview.toCredit.map(({ clickId, reason, amountMicros }) => [clickId, reason, amountMicros]),
      [
        [sampleId(2), 'head', 250_000],
        [sampleId(3), 'bot', 400_000],
      ],
    );
    const version = await draftRules(ledger.sql, {
      definition: { ...LENIENT, refuse: [...STRICT.refuse] },
      note: 'strict',
    });
    const credited = await creditClicks(ledger.sql, version, preview.toCredit);
    assert.deepEqual(credited, { clicks: 2, amountMicros: 650_000 });
    assert.deepEqual(await creditClicks(ledger.sql, version, preview.toCredit), {
      clicks: 0,
      amountMicros: 0,
    });
    assert.deepEqual((await whatIf(ledger.sql, STRICT, ALWAYS)).toCredit, []);
    const [spent] = await ledger.sql`SELECT sum(spent_micros)::integer AS micros FROM budget`;
    assert.equal(spent?.['micros'], 250_000);
    await assertBalanced(4);
    assert.ok(isEqual(await rebuild(ledger)));
  });

  it('shows the same when it looks at few clicks at a time, whatever waits for its view among them', async () => {
    await record([sampleClick(1), sampleClick(2, { addressHash: 'viewer-1' })]);
    const definition = { ...LENIENT, viewWaitMs: 60_000 };
    await activateRules(ledger.sql, await draftRules(ledger.sql, { definition, note: 'views' }));
    await record([sampleClick(3), sampleClick(4), sampleClick(5)]);
    const lenient = await draftRules(ledger.sql, { definition: LENIENT, note: 'again' });
    await activateRules(ledger.sql, lenient);
    await record([sampleClick(6, { method: 'HEAD' }), sampleClick(7, { addressHash: 'viewer-6' })]);
    const preview = await whatIf(ledger.sql, STRICT, ALWAYS, 1);
    assert.equal(preview.clicks, 4);
    assert.deepEqual(preview, await whatIf(ledger.sql, STRICT, ALWAYS));
    assert.deepEqual(preview.reasons, { 'double-click': 1, head: 1 });
  });

  it('says of stricter rules undone which clicks would count, and charges nobody afterwards', async () => {
    await record([sampleClick(1, { method: 'HEAD' }), sampleClick(2)]);
    const preview = await whatIf(ledger.sql, parseRules(9, LENIENT), ALWAYS);
    assert.deepEqual([preview.wouldCount, preview.toCredit], [1, []]);
  });

  /** Everything that may happen to a ledger, some of it at the same time. */
  async function eventfulLife(): Promise<void> {
    const chance = new Chance(11);
    const clicks = Array.from({ length: 240 }, (_, index) => anyClick(index + 1, chance));
    const part = (number: number): readonly Click[] => clicks.slice(number * 40, (number + 1) * 40);
    await manyAtOnce(part(0));
    await updateCampaign(ledger.sql, 1, { state: 'paused' });
    await Promise.all([manyAtOnce(part(1)), deposit(ledger.sql, 1, { key: 'a', amountMicros: 9_000_000 })]);
    await updateCampaign(ledger.sql, 1, { state: 'active' });
    await closeDay(ledger.sql, '2025-06-15');
    await Promise.all([
      manyAtOnce(part(2)),
      fundCampaign(ledger.sql, 1, { key: 'a', amountMicros: 5_000_000 }),
    ]);
    const definition = { ...LENIENT, viewWaitMs: 60_000 };
    await activateRules(ledger.sql, await draftRules(ledger.sql, { definition, note: 'views' }));
    await manyAtOnce(part(3));
    await Promise.all([record(part(4)), recordBatch(ledger.sql, part(3).slice(0, 20).map(view))]);
    await recordBatch(ledger.sql, part(3).slice(10, 30).map(overdue));
    await withdrawFromCampaign(ledger.sql, 1, { key: 'a', amountMicros: 100_000 });
    const settings = { name: 'x', state: 'active', priceMicros: 5, dayLimitMicros: 3_000_000 } as const;
    await updateCampaign(ledger.sql, 3, settings);
    const lenient = await draftRules(ledger.sql, { definition: LENIENT, note: 'again' });
    await activateRules(ledger.sql, lenient);
    await manyAtOnce(part(5));
    await creditClicks(ledger.sql, 9, (await whatIf(ledger.sql, STRICT, ALWAYS)).toCredit);
  }

  function anyClick(number: number, chance: Chance): Click {
    return sampleClick(
      number,
      {
        addressHash: `viewer-${chance.below(60)}`,
        clickedAtMs: 1_750_000_000_000 + chance.below(2 * 86_400_000),
        method: chance.next() < 0.1 ? 'HEAD' : 'GET',
        addressClass: chance.next() < 0.1 ? 'data-centre' : 'other',
      },
      {
        campaignId: 1 + chance.below(3),
        publisherId: 1 + chance.below(3),
        priceMicros: 50_000 + chance.below(200_000),
      },
    );
  }

  async function manyAtOnce(clicks: readonly Click[]): Promise<void> {
    await Promise.all([0, 1, 2, 3].map((index) => record(clicks.slice(index * 10, index * 10 + 13))));
  }

  async function record(clicks: readonly Click[]): Promise<void> {
    const messages = clicks.map((click) => ({ messageId: click.clickId, body: encodeClick(click) }));
    assert.deepEqual((await recordBatch(ledger.sql, messages)).failedIds, []);
  }

  function view({ served, seq }: Click): { messageId: string; body: string } {
    const body = { schema: 1, ...served, viewedAtMs: 1_750_000_000_000, serverId: 'view-1', seq };
    return { messageId: `view ${seq}`, body: JSON.stringify(body) };
  }

  function overdue({ clickId, served }: Click): { messageId: string; body: string } {
    const body = { schema: 1, type: 'click-overdue', clickId, campaignId: served?.campaignId };
    return { messageId: clickId, body: JSON.stringify(body) };
  }

  async function assertBalanced(clicks: number): Promise<void> {
    await recordRuns(ledger.sql, [{ serverId: 'ad-1', posted: [[1, clicks]], unknown: [], refused: [] }]);
    const books = await reconcile(ledger.sql, { queued: 0, deadLetters: 0 });
    assert.ok(isBalanced(books), JSON.stringify(books));
  }
});

describe('the changes that are done at a time', () => {
  it('bring so many clicks together, or are one alone, whatever came before', () => {
    const events = [1, 2, 3, 4, 5, 6].map((position): NotedEvent => {
      return { position, kind: 'batch', campaignId: undefined, body: {}, recordedAtMs: 0 };
    });
    const arrivals = new Map([3, 4, 5].map((position, index) => [position, [60, 40, 150][index] ?? 0]));
    const portions = [...portionsOf(events, arrivals, 100)].map((some) =>
      some.map(({ position }) => position),
    );
    assert.deepEqual(portions, [[1, 2, 3, 4], [5], [6]]);
    assert.deepEqual([...portionsOf([], arrivals, 100)], []);
  });
});
