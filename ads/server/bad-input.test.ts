import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { chargeBatch } from '../click-processor/batch.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { CLAIMS, NOW_MS, startTestServer, type TestServer } from './fixtures/test-server.ts';
import { signToken, TOKEN_LIFE_MS } from './token.ts';

const INJECTIONS = [
  "'; DROP TABLE click; --",
  "1' OR '1'='1",
  '$(rm -rf /)',
  '%00',
  '{"$gt":""}',
  "\\'; SELECT pg_sleep(10); --",
];

describe('bad input', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  /** What the processor makes of everything that the server posted. */
  async function recorded(server: TestServer): Promise<readonly string[]> {
    const ids = server.clicks().map((click) => click?.clickId ?? '');
    const failed = await chargeBatch(
      ledger.sql,
      server.sentBodies.map((body, index) => ({ messageId: String(index), body })),
    );
    assert.deepEqual(failed, []);
    const rows = await ledger.sql<{ click_id: string; said: string }[]>`
      SELECT click_id, verdict || coalesce(':' || reason, '') AS said FROM click WHERE click_id = ANY(${ids}::uuid[])`;
    const said = new Map(rows.map((row) => [row.click_id, row.said]));
    return ids.map((id) => said.get(id) ?? 'nothing');
  }

  it('in a link gets a clear page, a counted reason and no charge', async () => {
    await using server = await startTestServer();
    const [kid = '', payload = '', signature = ''] = server.link().slice('/click/'.length).split('.');
    const otherKey = { id: kid, secret: Buffer.alloc(32).toString('base64url'), madeAtMs: 0 };
    const dearer = Buffer.from(JSON.stringify([CLAIMS.impressionId, 11, 1, 1, 1, 1, NOW_MS, CLAIMS.target]));
    const links = [
      ['forged', signToken(CLAIMS, otherKey)],
      ['forged', `${kid}.${dearer.toString('base64url')}.${signature}`],
      ['forged', `00000000.${payload}.${signature}`],
      ['malformed', `${kid}.${payload}.${signature.slice(0, -1)}`],
      ['malformed', `${kid}.${payload}`],
      ['malformed', 'a'.repeat(5000)],
      ['malformed', ''],
      ['malformed', `${kid}.${payload}.${signature}/x`],
      ['malformed', encodeURIComponent(`${kid}.${payload}.${signature}\r\nSet-Cookie: a=b`)],
    ] as const;
    for (const [, link] of links) {
      const answer = await server.ask(`/click/${link}`, { 'User-Agent': 'Mozilla/5.0 Firefox/140.0' });
      assert.deepEqual(
        [answer.status, answer.headers.location, answer.headers['set-cookie']],
        [404, undefined, undefined],
      );
      assert.match(answer.text, /<h1>This link is not valid<\/h1>/);
    }
    assert.equal(server.server.tally.notOurs, links.length);
    assert.deepEqual(
      await recorded(server),
      links.map(([reason]) => `invalid:${reason}`),
    );
  });

  it('by the clock: too old, or from a server whose clock is ahead, redirects without a charge', async () => {
    await using server = await startTestServer();
    for (const servedAtMs of [NOW_MS - TOKEN_LIFE_MS - 1, NOW_MS + 3_600_000, 0])
      assert.equal((await server.ask(server.link({ servedAtMs }))).status, 302);
    assert.deepEqual(await recorded(server), ['invalid:expired', 'invalid:expired', 'invalid:expired']);
  });

  it('by our own signature of campaigns and ads that do not exist redirects without a charge', async () => {
    await using server = await startTestServer();
    const agent = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    const change = { campaignId: 999, impressionId: '01900000-0000-7000-8000-000000000999' };
    assert.equal((await server.ask(server.link(change), agent)).status, 302);
    assert.deepEqual(await recorded(server), ['invalid:unknown-campaign']);
  });

  it('as an open redirect leads nowhere: neither by a parameter nor by a host', async () => {
    await using server = await startTestServer();
    const evil = 'https://evil.example/';
    for (const path of [
      `/click/?url=${evil}`,
      `/click/${evil}`,
      `//evil.example/click/x`,
      `/serve?publisher=1&target=${evil}`,
    ]) {
      const answer = await server.ask(path, { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' });
      assert.equal(answer.headers.location, undefined, path);
      assert.ok(!answer.text.includes('evil.example'), path);
    }
    const withQuery = await server.ask(`${server.link()}?url=${evil}`);
    assert.equal(withQuery.headers.location, 'https://bicycles.example/spring');
  });

  it('in every field that a client writes is recorded as it is, and does nothing', async () => {
    await using server = await startTestServer();
    for (const text of INJECTIONS) {
      const headers = {
        ...{ 'User-Agent': text, 'X-Forwarded-For': text, Cookie: text, 'Sec-Purpose': text },
        ...{ Referer: `https://${encodeURIComponent(text)}.example/${text}`, 'Accept-Language': text },
      };
      const impressionId = `01900000-0000-7000-8000-00000000a${String(INJECTIONS.indexOf(text)).padStart(3, '0')}`;
      assert.equal((await server.ask(server.link({ impressionId }), headers)).status, 302, text);
      assert.equal((await server.ask(`/click/${encodeURIComponent(text)}`, headers)).status, 404, text);
      const asked = `publisher=${encodeURIComponent(text)}&placement=${encodeURIComponent(text)}`;
      assert.equal((await server.ask(`/serve?${asked}`, headers)).status, 404, text);
      assert.equal((await server.ask(`/view/${encodeURIComponent(text)}`, headers)).status, 204, text);
    }
    const said = await recorded(server);
    assert.equal(said.length, 2 * INJECTIONS.length);
    assert.ok(!said.includes('nothing') && !said.includes('billed'), said.join());
    const rows = await ledger.sql<
      { agent: string }[]
    >`SELECT DISTINCT agent FROM click WHERE agent = ANY(${INJECTIONS})`;
    assert.equal(rows.length, INJECTIONS.length);
  });

  it('of one address that floods us gets 429 after a while, is counted and not posted; others go on', async () => {
    let nowMs = NOW_MS;
    await using server = await startTestServer({ flood: { most: 3, windowMs: 10_000 }, now: () => nowMs });
    const from = async (address: string): Promise<number> =>
      (await server.ask(server.link(), { 'X-Forwarded-For': address })).status;
    const flood = [];
    for (let request = 0; request < 5; request += 1) flood.push(await from('203.0.113.7'));
    assert.deepEqual(flood, [302, 302, 302, 429, 429]);
    assert.equal(await from('203.0.113.8'), 302);
    nowMs += 10_000;
    assert.equal(await from('203.0.113.7'), 302);
    assert.deepEqual([server.server.tally.floods, server.sentBodies.length], [2, 5]);
    const beacon = server.link().replace('/click/', '/view/');
    for (let request = 0; request < 5; request += 1)
      assert.equal((await server.ask(beacon, { 'X-Forwarded-For': '203.0.113.7' })).status, 204);
    assert.deepEqual([server.sentViews.length, server.server.tally.otherViews], [3, 2]);
  });

  it('that is no HTTP, or too large for any request of ours, costs one connection and is counted', async () => {
    await using server = await startTestServer();
    const { port } = new URL(server.origin);
    const long = 'a'.repeat(20_000);
    for (const [bytes, status] of [
      ['\x16\x03\x01\x02\x00', '400 Bad Request'],
      ['GET /click/a HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n', '400 Bad Request'],
      [`GET /click/${long} HTTP/1.1\r\nHost: a\r\n\r\n`, '431 Request Header Fields Too Large'],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${long}\r\n\r\n`, '431 Request Header Fields Too Large'],
    ] as const)
      assert.equal((await raw(Number(port), bytes)).split('\r\n')[0], `HTTP/1.1 ${status}`);
    assert.equal(server.server.tally.unreadable, 4);
    assert.equal((await server.ask(server.link())).status, 302);
  });

  it('as odd HTTP is one click at most: a body, an address in full, bytes that are no text', async () => {
    await using server = await startTestServer();
    const port = Number(new URL(server.origin).port);
    const first = `${server.link()} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
    const second = `GET ${server.link()} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const statuses = [];
    for (const bytes of [
      `GET ${first}Content-Length: ${second.length}\r\n\r\n${second}`,
      `GET ${first}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
      `GET http://evil.example${first}\r\n`,
      `GET ${first}User-Agent: \xff\xfe\x80 Firefox/140.0 \xc3\x28\r\nReferer: \x80://\xff\r\n\r\n`,
      `GET ${first}User-Agent: ${'x'.repeat(7000)}\r\n\r\n`,
    ])
      statuses.push(Number((await raw(port, Buffer.from(bytes, 'latin1'))).split(' ')[1]));
    assert.deepEqual(statuses, [302, 400, 404, 302, 302]);
    assert.equal(server.sentBodies.length, 3);
    assert.ok(server.clicks().every((click) => (click?.agent.length ?? 9999) <= 512));
    assert.ok(!(await recorded(server)).includes('nothing'));
  });

  it('in a forged mark, view or proxy header is worth nothing', async () => {
    await using server = await startTestServer();
    const forged = createHmac('sha256', 'guess').update('x').digest('base64url');
    await server.ask(`/view/a.b.${forged}`);
    await server.ask(server.link(), { 'X-Forwarded-For': '203.0.113.7, 198.51.100.9' });
    assert.deepEqual([server.sentViews.length, server.clicks()[0]?.network], [0, '198.51.100.0/24']);
  });
});

/** Everything that comes back for these bytes. */
function raw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}
