import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick, sampleId } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { closeDay } from '../ledger/closing.ts';
import { isEqual, rebuild } from '../rebuild/rebuild.ts';
import { readCatalogue, type Offer } from '../server/catalogue.ts';
import { reconcile } from '../summary/reconcile.ts';
import { signedIn } from './fixtures/signed-in.ts';
import { readOperatorFigures } from './operator-figures.ts';
import { PageServer } from './page-server.ts';
import type { Preview } from './rules-desk.ts';

const NO_ROBOTS = { refuse: ['bot'], doubleClickWindowMs: 0, viewerRates: [], viewWaitMs: null };

/** The numbers of what was added. */
interface Made {
  readonly advertiserId: number;
  readonly publisherId: number;
  readonly placementId: number;
  readonly campaignId: number;
}

describe('the operator', () => {
  let ledger: Ledger;
  let pages: PageServer;
  let origin: string;
  let operator: { Cookie: string };
  let told = 0;
  before(async () => {
    ledger = await openTestLedger();
    pages = new PageServer({
      sql: ledger.sql,
      tell: () => Promise.resolve((told += 1)),
      compare: () => reconcile(ledger.sql, { queued: 0, deadLetters: 0 }),
    });
    origin = await pages.listen();
    operator = await signedIn(ledger.sql, 'operator@test.example');
  });
  after(async () => {
    await pages.close();
    await ledger.close();
  });
  beforeEach(() => resetLedger(ledger, 1_000_000));

  it('refills a budget once for one key, and the channel hears of it', async () => {
    const toldBefore = told;
    for (const moved of [true, false]) {
      const answer = await ask('campaigns/1/refill', { key: 'k', amountMicros: 500_000 });
      assert.deepEqual([answer.status, await answer.json()], [200, { moved }]);
    }
    assert.equal((await figures()).campaigns[0]?.limitMicros, 1_500_000);
    assert.equal(told, toldBefore + 2);
    for (const fields of [
      {},
      { key: 'k', amountMicros: -1 },
      { key: 'k', amountMicros: 0.5 },
      { amountMicros: 5 },
    ])
      assert.equal((await ask('campaigns/1/refill', fields)).status, 400);
    assert.equal((await ask('campaigns/99/refill', { key: 'k', amountMicros: 1 })).status, 404);
  });

  it('takes back what is not spent, once for one key, and gives it to another campaign of the advertiser', async () => {
    await chargeClicks(ledger.sql, [sampleClick(1)]);
    const all = { key: 'back', amountMicros: 750_000 };
    assert.equal((await ask('campaigns/1/withdraw', { key: 'more', amountMicros: 750_001 })).status, 409);
    for (const moved of [true, false])
      assert.deepEqual(await (await ask('campaigns/1/withdraw', all)).json(), { moved });
    const again = { key: 'again', amountMicros: 500_000, from: 'wallet' };
    for (const moved of [true, false])
      assert.deepEqual(await (await ask('campaigns/2/refill', again)).json(), { moved });
    const tooMuch = await ask('campaigns/2/refill', { ...again, key: 'third' });
    assert.deepEqual(
      [tooMuch.status, await tooMuch.text()],
      [409, 'The wallet of the advertiser holds less than that.\n'],
    );
    const { campaigns, advertisers } = await figures();
    assert.deepEqual([campaigns[0]?.limitMicros, campaigns[0]?.spentMicros], [250_000, 250_000]);
    assert.equal(campaigns[1]?.limitMicros, 1_500_000);
    assert.equal(advertisers[0]?.walletMicros, 250_000);
    const [stop] = await ledger.sql`SELECT stopped FROM budget WHERE campaign_id = 1`;
    assert.equal(stop?.['stopped'], true);
    assert.ok(isEqual(await rebuild(ledger)));
    for (const fields of [{}, { ...all, amountMicros: 0 }, { ...all, key: ' ' }])
      assert.equal((await ask('campaigns/1/withdraw', fields)).status, 400);
    assert.equal((await ask('campaigns/1/refill', { ...all, from: 'bank' })).status, 400);
    assert.equal((await ask('campaigns/99/withdraw', all)).status, 404);
  });

  it('pauses campaigns and publishers', async () => {
    assert.equal((await ask('campaigns/1/state', { state: 'paused' })).status, 200);
    assert.equal((await ask('publishers/2/state', { state: 'paused' })).status, 200);
    const { campaigns, publishers } = await figures();
    assert.deepEqual([campaigns[0]?.state, publishers[1]?.state], ['paused', 'paused']);
    assert.equal((await ask('campaigns/1/state', { state: 'sold' })).status, 400);
    assert.equal((await ask('campaigns/99/state', { state: 'ended' })).status, 404);
    assert.equal((await ask('publishers/99/state', { state: 'ended' })).status, 404);
    await ask('publishers/2/state', { state: 'active' });
  });

  it('adds advertisers, publishers with places, campaigns and ads, which ad servers show when there is money', async () => {
    const made = async (path: string, fields: object): Promise<Made> => {
      const answer = await ask(path, fields);
      assert.equal(answer.status, 200, path);
      return (await answer.json()) as Made;
    };
    const { advertiserId } = await made('advertisers', { name: 'Tide Tables' });
    const { publisherId } = await made('publishers', { name: 'Harbour News', sharePpm: 600_000 });
    const { placementId } = await made(`publishers/${publisherId}/placements`, { name: 'Top' });
    const settings = { name: 'High water', priceMicros: 150_000, dayLimitMicros: 450_000, endsAtMs: null };
    const ad = { headline: 'Never wet feet again', target: 'https://tides.example/?c={click_id}' };
    const { campaignId } = await made('campaigns', { ...settings, ...ad, advertiserId });
    await made(`campaigns/${campaignId}/ads`, { ...ad, headline: 'Know the tide' });
    assert.deepEqual(await offersOf(campaignId), []);
    await made(`campaigns/${campaignId}/refill`, { key: 'first', amountMicros: 300_000 });
    const offers = await offersOf(campaignId);
    assert.deepEqual(
      offers.map(({ headline, priceMicros }) => [headline, priceMicros]),
      [
        ['Never wet feet again', 150_000],
        ['Know the tide', 150_000],
      ],
    );
    assert.deepEqual((await readCatalogue(ledger.sql)).publishers.get(publisherId), [placementId]);
    await made(`campaigns/${campaignId}/settings`, { ...settings, priceMicros: 200_000, endsAtMs: 4e12 });
    const shown = (await figures()).campaigns.find((one) => one.campaignId === campaignId);
    const { priceMicros, dayLimitMicros, endsAtMs, ads, state } = shown ?? {};
    assert.deepEqual(
      [priceMicros, dayLimitMicros, endsAtMs, ads, state],
      [200_000, 450_000, 4e12, 2, 'active'],
    );
    const served = {
      adId: offers[0]?.adId ?? 0,
      campaignId,
      advertiserId,
      publisherId,
      priceMicros: 150_000,
    };
    await chargeClicks(ledger.sql, [sampleClick(1, {}, served), sampleClick(2, {}, served)]);
    assert.ok(isEqual(await rebuild(ledger)));
    for (const [path, fields] of [
      ['advertisers', { name: 'tide tables' }],
      ['publishers', { name: 'Harbour News', sharePpm: 1 }],
      [`publishers/${publisherId}/placements`, { name: 'top' }],
      ['publishers/99/placements', { name: 'Top' }],
      ['campaigns', { ...settings, ...ad, advertiserId }],
      ['campaigns', { ...settings, ...ad, advertiserId: 99 }],
      [`campaigns/${campaignId}/ads`, ad],
      ['campaigns/99/ads', ad],
    ] as const)
      assert.equal((await ask(path, fields)).status, 409, path);
    assert.equal((await ask('campaigns/99/settings', settings)).status, 404);
  });

  it('is told what is wrong with what is to be added, and nothing is added', async () => {
    const settings = { name: 'Low water', priceMicros: 1, advertiserId: 1, headline: 'Low' };
    const campaign = { ...settings, target: 'https://tides.example/' };
    for (const [path, fields] of [
      ['advertisers', { name: ' ' }],
      ['advertisers', { name: 'x'.repeat(101) }],
      ['advertisers', { name: 'a\0b' }],
      ['publishers', { name: 'Low' }],
      ['publishers/1/placements', {}],
      ['campaigns', settings],
      ['campaigns', { ...campaign, target: 'javascript:alert(1)' }],
      ['campaigns', { ...campaign, target: 'https://a\r\nb.example/' }],
      ['campaigns', { ...campaign, target: 'https://user:word@tides.example/' }],
      ['campaigns', { ...campaign, priceMicros: 0 }],
      ['campaigns', { ...campaign, dayLimitMicros: -1 }],
      ['campaigns', { ...campaign, endsAtMs: 'soon' }],
      ['campaigns', { ...campaign, headline: '' }],
    ] as const)
      assert.equal((await ask(path, fields)).status, 400, JSON.stringify(fields));
    const { campaigns, advertisers } = await figures();
    assert.ok(campaigns.every(({ name }) => name !== 'Low water'));
    assert.ok(advertisers.every(({ name }) => !name.startsWith('a')));
  });

  it('changes what a publisher gets of the days that are open; what closed days were divided by stays', async () => {
    const dayMs = 86_400_000;
    const click = async (number: number, day: number): Promise<void> => {
      const clickedAtMs = 1_750_000_000_000 + day * dayMs;
      await chargeClicks(ledger.sql, [sampleClick(number, { clickedAtMs }, { priceMicros: 1000 })]);
    };
    for (const [number, sharePpm] of [
      [1, 700_000],
      [2, 700_000],
      [3, 625_001],
      [4, 700_000],
    ] as const) {
      assert.equal((await ask('publishers/1/share', { sharePpm })).status, 200);
      await click(number, number);
      await closeDay(ledger.sql, new Date(1_750_000_000_000 + number * dayMs).toISOString().slice(0, 10));
    }
    await ask('publishers/1/share', { sharePpm: 0 });
    const [earned] = (await figures()).earnings.publishers;
    assert.deepEqual([earned?.sharePpm, earned?.owedMicros], [0, 700 + 700 + 625 + 700]);
    const rows = (await (await get('shares')).json()) as Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ firstDay, lastDay, sharePpm, earnedMicros, publisherMicros }) => [
        ...[firstDay, lastDay, sharePpm, earnedMicros, publisherMicros],
      ]),
      [
        ['2025-06-19', '2025-06-19', 700_000, 1000, 700],
        ['2025-06-18', '2025-06-18', 625_001, 1000, 625],
        ['2025-06-16', '2025-06-17', 700_000, 2000, 1400],
      ],
    );
    for (const sharePpm of [-1, 1_000_001, 0.5, '700000', undefined])
      assert.equal((await ask('publishers/1/share', { sharePpm })).status, 400);
    assert.equal((await ask('publishers/99/share', { sharePpm: 1 })).status, 404);
    assert.equal((await figures()).earnings.publishers[0]?.sharePpm, 0);
    await ask('publishers/1/share', { sharePpm: 700_000 });
  });

  it('sees clicks by reason, publisher and campaign, up to the newest, and what is earned', async () => {
    await chargeClicks(ledger.sql, [sampleClick(1), sampleClick(2, { method: 'HEAD' })]);
    const seen = await figures();
    assert.deepEqual([...seen.reasons], [{ verdict: 'invalid', reason: 'head', lastDay: 0, clicks: 1 }]);
    const [publisher] = seen.publishers;
    assert.deepEqual([publisher?.billed, publisher?.invalid, publisher?.chargedMicros], [1, 1, 250_000]);
    assert.ok([sampleId(1), sampleId(2)].includes(seen.newestClickId ?? ''));
    assert.equal(seen.campaigns[0]?.spentMicros, 250_000);
    const [earned] = seen.earnings.publishers;
    assert.deepEqual([earned?.sharePpm, earned?.undividedMicros, earned?.owedMicros], [700_000, 250_000, 0]);
  });

  it('drafts rules, tries them on the stored clicks, and gives back what was shown, once', async () => {
    await chargeClicks(ledger.sql, [sampleClick(1, { agent: 'curl-like thing' }), sampleClick(2)]);
    await ledger.owner`ALTER TABLE click DISABLE TRIGGER USER`;
    await ledger.owner`UPDATE click SET agent = 'Googlebot/2.1' WHERE click_id = ${sampleId(2)}`;
    await ledger.owner`ALTER TABLE click ENABLE TRIGGER USER`;
    const answer = await ask('rules', { definition: NO_ROBOTS, note: 'robots alone' });
    const { version } = (await answer.json()) as { version: number };
    const range = { version, fromMs: 0, untilMs: 4e12 };
    const preview = (await (await ask('what-if', range)).json()) as Preview;
    assert.deepEqual(preview.credits, { clicks: 1, amountMicros: 250_000 });
    assert.deepEqual(preview.first[0]?.clickId, sampleId(2));
    assert.equal((await ask('credits', { ...range, expectedMicros: 250_001 })).status, 409);
    assert.equal((await ask('credits', range)).status, 409);
    const given = await ask('credits', { ...range, expectedMicros: 250_000 });
    assert.deepEqual(await given.json(), { clicks: 1, amountMicros: 250_000 });
    assert.equal((await ask('credits', { ...range, expectedMicros: 250_000 })).status, 409);
    assert.equal((await ask(`rules/${version}/activate`)).status, 200);
    assert.equal((await ask(`rules/${version}/activate`)).status, 409);
    assert.equal((await ask('what-if', { ...range, version: 99 })).status, 404);
    const wrong = await ask('rules', { definition: { ...NO_ROBOTS, refuse: ['sun'] }, note: 'x' });
    assert.deepEqual([wrong.status, /refuse/.test(await wrong.text())], [400, true]);
  });

  it('compares the books, and finds every difference by its id', async () => {
    await chargeClicks(ledger.sql, [sampleClick(1)]);
    await ledger.owner`UPDATE stat_hour SET clicks = 7`;
    assert.equal((await ask('comparisons')).status, 200);
    const [latest] = (await figures()).comparisons;
    assert.equal(latest?.balanced, false);
    assert.deepEqual(latest?.differences.ids['unaccountedNumbers'], [sampleId(1)]);
    assert.equal(latest?.differences.counts['statistics'], 1);
    const hours = (await (await get('hours')).json()) as { campaignId: number }[];
    assert.deepEqual(hours, []);
  });

  it('is nobody else: an advertiser finds nothing at any of these addresses, a stranger must sign in', async () => {
    const advertiser = await signedIn(ledger.sql, 'anna@bicycles.example', 1);
    for (const path of ['', '/live', '/hours', '/shares'])
      assert.deepEqual(
        [
          (await fetch(`${origin}/operator${path}`, { headers: advertiser })).status,
          (await fetch(`${origin}/operator${path}`)).status,
        ],
        [404, 401],
        path,
      );
    for (const path of [
      'campaigns/1/refill',
      'campaigns/1/state',
      'campaigns/1/settings',
      'campaigns/1/ads',
      'campaigns',
      'advertisers',
      'publishers',
      'publishers/1/placements',
      'publishers/1/state',
      'publishers/1/share',
      'rules',
      'rules/1/activate',
      'what-if',
      'credits',
      'comparisons',
    ]) {
      const fields = {
        ...{ key: 'k', amountMicros: 1, state: 'paused', sharePpm: 1 },
        ...{ definition: NO_ROBOTS, note: 'x' },
      };
      assert.equal((await ask(path, fields, advertiser)).status, 404, path);
      const unmarked = await fetch(`${origin}/operator/${path}`, {
        method: 'POST',
        headers: { ...operator, 'Content-Type': 'application/json' },
        body: JSON.stringify(fields),
      });
      assert.equal(unmarked.status, 403, path);
    }
    assert.equal((await figures()).campaigns[0]?.state, 'active');
  });

  function get(path: string): Promise<Response> {
    return fetch(`${origin}/operator/${path}`, { headers: operator });
  }

  async function offersOf(campaignId: number): Promise<readonly Offer[]> {
    return (await readCatalogue(ledger.sql)).offers.filter((offer) => offer.campaignId === campaignId);
  }

  function figures(): ReturnType<typeof readOperatorFigures> {
    return readOperatorFigures(ledger.sql);
  }

  async function ask(path: string, fields: object = {}, who = operator): Promise<Response> {
    const me = await fetch(`${origin}/me`, { headers: who });
    const { csrfToken } = (await me.json()) as { csrfToken: string };
    return fetch(`${origin}/operator/${path}`, {
      method: 'POST',
      headers: { ...who, 'X-CSRF-Token': csrfToken, 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
    });
  }
});
