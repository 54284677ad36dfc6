import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { signedIn } from './fixtures/signed-in.ts';
import { PageServer } from './page-server.ts';
import { readStatistics, type AdvertiserStatistics } from './statistics.ts';

describe('the statistics of an advertiser', () => {
  let ledger: Ledger;
  let pages: PageServer;
  let origin: string;
  let headers: { Cookie: string };
  before(async () => {
    ledger = await openTestLedger();
    pages = new PageServer({ sql: ledger.sql });
    origin = await pages.listen();
    headers = await signedIn(ledger.sql, 'operator@test.example');
  });
  after(async () => {
    await pages.close();
    await ledger.close();
  });

  it('are its own clicks, spending and budgets, and nobody else’s', async () => {
    const others = { advertiserId: 2, campaignId: 3 };
    await chargeClicks(ledger.sql, [
      sampleClick(1),
      sampleClick(2, { method: 'HEAD' }),
      sampleClick(3, {}, others),
    ]);
    const statistics = await readStatistics(ledger.sql, 1);
    const [first] = statistics?.campaigns ?? [];
    assert.deepEqual([first?.billed, first?.invalid, first?.spentMicros], [1, 1, 250_000]);
    assert.deepEqual([...(statistics?.reasons ?? [])], [{ reason: 'head', clicks: 1 }]);
    assert.deepEqual(
      statistics?.latest.map((click) => [click.verdict, click.reason, click.amountMicros]),
      [
        ['invalid', 'head', 0],
        ['billed', null, 250_000],
      ],
    );
    assert.equal(await readStatistics(ledger.sql, 99), undefined);
  });

  it('are pushed to the page when a click is charged', async () => {
    const answer = await fetch(`${origin}/advertiser/4/live`, { headers });
    const events = eventsOf(answer);
    const billed = async (): Promise<number | undefined> => (await events.next()).value?.campaigns[0]?.billed;
    assert.equal(await billed(), 0);
    await chargeClicks(ledger.sql, [sampleClick(10, {}, { advertiserId: 4, campaignId: 5 })]);
    let seen = await billed();
    while (seen === 0) seen = await billed();
    assert.equal(seen, 1);
    await events.return(undefined);
  });

  it('come with a page that runs nothing but its own script', async () => {
    for (const path of ['/', '/advertiser/1', '/statistics.js', '/statistics.css']) {
      const answer = await fetch(origin + path, { headers });
      assert.equal(answer.status, 200, path);
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        /default-src 'none'; script-src 'self'/,
      );
    }
  });

  it('are refused to foreign names of this machine, to other methods and for other addresses', async () => {
    assert.equal(await statusFor('/advertiser/1', 'evil.example'), 403);
    assert.equal((await fetch(`${origin}/advertiser/1`, { method: 'PUT', headers })).status, 405);
    for (const path of ['/advertiser/99/live', '/advertiser/x', '/../main.ts', '/statistics.html/..%2f']) {
      assert.equal((await fetch(origin + path, { headers })).status, 404, path);
    }
  });

  function statusFor(path: string, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = request(origin + path, { headers: { Host: host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
  }
});

async function* eventsOf(answer: Response): AsyncGenerator<AdvertiserStatistics, undefined, undefined> {
  let text = '';
  for await (const part of answer.body ?? []) {
    text += Buffer.from(part as Uint8Array).toString();
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as AdvertiserStatistics;
    }
  }
  return undefined;
}
