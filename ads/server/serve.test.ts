import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOW_MS, startTestServer, type TestServer } from './fixtures/test-server.ts';
import { readToken, type TokenClaims } from './token.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

async function claimsOf(server: TestServer, path: string, agent: string): Promise<TokenClaims> {
  const ad = JSON.parse((await server.ask(path, { 'User-Agent': agent })).text) as { click_url: string };
  const token = new URL(ad.click_url).pathname.slice('/click/'.length);
  const reading = readToken(token, server.secrets.ring(NOW_MS), NOW_MS);
  return 'claims' in reading ? reading.claims : assert.fail(reading.kind);
}

describe('an ad that is served', () => {
  it('fixes price, placement and the families of the browser in its link', async () => {
    await using server = await startTestServer();
    const claims = await claimsOf(server, '/serve?publisher=2&placement=21', FIREFOX);
    assert.deepEqual(
      [claims.priceMicros, claims.publisherId, claims.placementId, claims.agentFamily, claims.osFamily],
      [250_000, 2, 21, 'firefox', 'linux'],
    );
  });

  it('says nothing of a browser when the server of a site asks in the name of a reader', async () => {
    await using server = await startTestServer();
    const claims = await claimsOf(server, '/serve?publisher=2', 'node');
    assert.deepEqual([claims.agentFamily, claims.osFamily], [undefined, undefined]);
  });

  it('keeps its price when the campaign changes it afterwards', async () => {
    await using server = await startTestServer();
    const link = JSON.parse((await server.ask('/serve')).text) as { click_url: string };
    const offer = { adId: 11, campaignId: 1, advertiserId: 1, headline: 'x', target: 'https://b.example/' };
    server.server.use({ offers: [{ ...offer, priceMicros: 990_000 }], publishers: new Map([[1, []]]) });
    await server.ask(new URL(link.click_url).pathname);
    assert.equal(server.clicks()[0]?.served?.priceMicros, 250_000);
  });

  it('is a document for a frame too, with a beacon, and may be asked for by pages of any site', async () => {
    await using server = await startTestServer();
    const page = await server.ask('/serve?publisher=1&format=html');
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(page.text, /<base target="_blank"><a href="http[^"]+" rel="nofollow noopener sponsored">/);
    assert.match(page.text, /<img src="http[^"]+\/view\/[^"]+" alt="" width="1" height="1" loading="lazy"/);
    const { headers } = await server.ask('/serve?publisher=1');
    assert.deepEqual([headers['access-control-allow-origin'], headers['set-cookie']], ['*', undefined]);
  });

  it('is none of a campaign that was told to stop, at once, until it goes on', async () => {
    let nowMs = NOW_MS - 100;
    await using server = await startTestServer({ now: () => nowMs });
    nowMs = NOW_MS;
    const change = { campaignId: 1, atMs: NOW_MS };
    server.server.hear({ ...change, atMs: NOW_MS - 12, type: 'campaign-stopped' });
    assert.equal((await server.ask('/serve')).status, 204);
    server.server.hear({ ...change, type: 'campaign-resumed' });
    assert.equal((await server.ask('/serve')).status, 200);
    assert.deepEqual([server.server.tally.stops, server.server.tally.slowestStopMs], [1, 12]);
  });
});

describe('a view', () => {
  it('is posted once for the beacon of a valid link, and for nothing else', async () => {
    await using server = await startTestServer();
    const beacon = server.link().replace('/click/', '/view/');
    assert.equal((await server.ask(beacon)).status, 204);
    const others = [
      await server.ask(beacon, {}, 'HEAD'),
      await server.ask(beacon, { 'Sec-Purpose': 'prefetch' }),
      await server.ask(`${beacon}x`),
      await server.ask('/view/'),
    ];
    assert.deepEqual(
      others.map(({ status }) => status),
      [204, 204, 204, 204],
    );
    assert.deepEqual(
      server.sentViews.map((body) => JSON.parse(body) as unknown),
      [
        {
          schema: 1,
          ...{ impressionId: '01900000-0000-7000-8000-000000000001', adId: 11, campaignId: 1 },
          ...{ advertiserId: 1, publisherId: 1, priceMicros: 250_000, servedAtMs: NOW_MS - 1000 },
          ...{ viewedAtMs: NOW_MS, serverId: 'ad-test', seq: 1 },
        },
      ],
    );
    assert.deepEqual([server.server.tally.views, server.server.tally.otherViews], [1, 4]);
  });
});

describe('the target of a click', () => {
  it('gets the id under which the click is recorded, where the advertiser asks for it', async () => {
    await using server = await startTestServer();
    const answer = await server.ask(
      server.link({ target: 'https://b.example/%7Bclick_id%7D?id={click_id}' }),
    );
    const id = server.clicks()[0]?.clickId ?? '';
    assert.equal(answer.headers.location, `https://b.example/${id}?id=${id}`);
  });
});
