import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick, sampleId } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { creditClicks } from '../ledger/credits.ts';
import { csvLine } from './csv.ts';
import { signedIn } from './fixtures/signed-in.ts';
import { PageServer } from './page-server.ts';
import type { Receipt } from './receipts.ts';
import { readStatistics } from './statistics.ts';

const OF_FOUR = { advertiserId: 4, campaignId: 5, priceMicros: 310_000 };
const TRICK = '=SUM(A1,A2)&"x"';

describe('receipts of clicks', () => {
  let ledger: Ledger;
  let pages: PageServer;
  let origin: string;
  let bicycles: { Cookie: string };
  let lamps: { Cookie: string };
  let operator: { Cookie: string };
  before(async () => {
    ledger = await openTestLedger();
    pages = new PageServer({ sql: ledger.sql });
    origin = await pages.listen();
    bicycles = await signedIn(ledger.sql, 'anna@bicycles.example', 1);
    lamps = await signedIn(ledger.sql, 'lea@lamps.example', 4);
    operator = await signedIn(ledger.sql, 'operator@test.example');
    const many = Array.from({ length: 60 }, (_, index) => sampleClick(100 + index, {}, OF_FOUR));
    await chargeClicks(ledger.sql, [
      sampleClick(1, {
        agent: `${TRICK} Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`,
      }),
      sampleClick(2, { method: 'HEAD', clickedAtMs: Date.now() }),
      ...many,
    ]);
    await creditFirst();
  });
  after(async () => {
    await pages.close();
    await ledger.close();
  });

  it('say what became of the click, by which rules, and by which entries of the ledger', async () => {
    const receipt = (await (await get(`/advertiser/1/clicks/${sampleId(1)}`, bicycles)).json()) as Receipt;
    assert.deepEqual(
      [receipt.verdict, receipt.reason, receipt.rulesVersion, receipt.chargedMicros, receipt.campaign],
      ['billed', null, 2, 250_000, 'Spring ride'],
    );
    const entries = await ledger.sql`
      SELECT transfer_id::text AS id, kind FROM transfer
      WHERE transfer_id IN (${receipt.transferId}, ${receipt.creditTransferId}) ORDER BY transfer_id`;
    assert.deepEqual(
      entries.map((entry) => [entry['id'], entry['kind']]),
      [
        [receipt.transferId, 'charge'],
        [receipt.creditTransferId, 'credit'],
      ],
    );
    assert.deepEqual(
      [receipt.creditedMicros, receipt.creditReason, receipt.creditVersion],
      [250_000, 'data-centre', 9],
    );
    const invalid = (await (await get(`/advertiser/1/clicks/${sampleId(2)}`, bicycles)).json()) as Receipt;
    assert.deepEqual([invalid.verdict, invalid.reason, invalid.transferId], ['invalid', 'head', null]);
  });

  it('come page by page, every click once', async () => {
    const seen: string[] = [];
    for (let before = ''; ;) {
      const answer = await get(`/advertiser/4/clicks${before === '' ? '' : `?before=${before}`}`, lamps);
      const { clicks, readAtMs } = (await answer.json()) as { clicks: Receipt[]; readAtMs: number };
      assert.ok(readAtMs > 0);
      seen.push(...clicks.map((click) => click.clickId));
      before = clicks.at(-1)?.clickId ?? '';
      if (clicks.length < 50) break;
    }
    assert.equal(seen.length, 60);
    assert.equal(new Set(seen).size, 60);
  });

  it('are a table in which nothing is a formula, and which says up to when it is complete', async () => {
    const answer = await get('/advertiser/1/clicks.csv', bicycles);
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /complete-to-\d{4}-\d\d-\d\dT[\d-]+Z\.csv"$/,
    );
    const lines = (await answer.text()).split('\r\n');
    assert.equal(lines.length, 4);
    assert.match(lines[0] ?? '', /^click_id,impression_id,/);
    assert.ok(lines.some((line) => line.includes(`"'=SUM(A1,A2)&""x"" Mozilla/5.0 `)));
    const none = await get('/advertiser/1/clicks.csv?from=2000-01-01&until=2000-01-02', bicycles);
    assert.equal((await none.text()).split('\r\n').length, 2);
    assert.equal((await get('/advertiser/1/clicks.csv?from=yesterday', bicycles)).status, 400);
  });

  it('and everything else of an advertiser is seen by itself and by operators alone', async () => {
    for (const path of [
      '/advertiser/4',
      '/advertiser/4/live',
      '/advertiser/4/clicks',
      '/advertiser/4/clicks.csv',
      `/advertiser/4/clicks/${sampleId(100)}`,
    ]) {
      const statuses = await Promise.all(
        [bicycles, lamps, operator, undefined].map(async (who) => {
          const answer = await get(path, who);
          await answer.body?.cancel();
          return answer.status;
        }),
      );
      assert.deepEqual(statuses, [404, 200, 200, 401], path);
    }
    // Through its own address, the id or the place of another's click.
    assert.equal((await get(`/advertiser/1/clicks/${sampleId(100)}`, bicycles)).status, 404);
    const beyond = await get(`/advertiser/1/clicks?before=${sampleId(100)}`, bicycles);
    assert.deepEqual(((await beyond.json()) as { clicks: unknown[] }).clicks, []);
    assert.equal((await get('/advertiser/1/clicks?before=x', bicycles)).status, 400);
    const all = await (await get('/advertisers', bicycles)).json();
    assert.deepEqual(all, [{ id: 1, name: 'Northwind Bicycles' }]);
  });

  it('add up to the figures of the page', async () => {
    const statistics = await readStatistics(ledger.sql, 1);
    const [first] = statistics?.campaigns ?? [];
    assert.deepEqual([first?.spentMicros, first?.creditedMicros, first?.billed], [0, 250_000, 1]);
    assert.deepEqual(
      statistics?.reasonHours.map(({ reason, clicks }) => [reason, clicks]),
      [['head', 1]],
    );
  });

  it('tell when a budget will have run out at the pace of the last quarter of an hour', async () => {
    const nowMs = Date.now();
    await ledger.owner`UPDATE budget SET limit_micros = 1000000 WHERE campaign_id = 3`;
    const click = (number: number) =>
      sampleClick(
        number,
        { clickedAtMs: nowMs },
        { advertiserId: 2, campaignId: 3, priceMicros: 180_000, servedAtMs: nowMs - 1000 },
      );
    const outlook = async () => (await readStatistics(ledger.sql, 2))?.campaigns[0]?.runsOutAtMs ?? undefined;
    assert.equal(await outlook(), undefined);
    await chargeClicks(ledger.sql, [click(900)]);
    // 820,000 are left, and 180,000 went in 15 to 16 minutes.
    const inMinutes = ((await outlook()) ?? 0) / 60_000 - nowMs / 60_000;
    assert.ok(inMinutes > 68 && inMinutes < 75, `${inMinutes} minutes`);
    await chargeClicks(ledger.sql, [901, 902, 903, 904].map(click));
    assert.ok(((await outlook()) ?? 0) <= Date.now());
  });

  async function creditFirst(): Promise<void> {
    const findings = [{ clickId: sampleId(1), campaignId: 1, reason: 'data-centre', amountMicros: 250_000 }];
    assert.equal((await creditClicks(ledger.sql, 9, findings)).clicks, 1);
  }

  function get(path: string, headers: { Cookie: string } | undefined): Promise<Response> {
    return fetch(origin + path, headers === undefined ? {} : { headers });
  }
});

describe('a cell of a table', () => {
  for (const [value, written] of [
    ['plain', 'plain'],
    ['a,b "c"', '"a,b ""c"""'],
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    [' =1', `"' =1"`],
    ['\t=1', `"'\t=1"`],
    ['＝1', `"'＝1"`],
    [null, ''],
    [-5, '-5'],
    [true, 'true'],
  ] as const)
    it(`is written as ${written} for ${JSON.stringify(value)}`, () => {
      assert.equal(csvLine([value]), `${written}\r\n`);
    });
});
