import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NOW_MS, startTestServer } from './fixtures/test-server.ts';
import { TOKEN_LIFE_MS } from './token.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('an ad server', () => {
  it('serves an ad whose link redirects to its target, and posts the click that it named', async () => {
    await using server = await startTestServer();
    const ad = JSON.parse((await server.ask('/serve?publisher=2')).text) as Record<string, string>;
    const path = new URL(ad['click_url'] ?? '').pathname;
    const answer = await server.ask(path, {
      'User-Agent': FIREFOX,
      Referer: 'https://tide.example/page?secret=1',
    });
    assert.deepEqual([answer.status, answer.headers.location], [302, 'https://bicycles.example/spring']);
    const [click] = server.clicks();
    assert.equal(click?.served?.impressionId, ad['impression_id']);
    assert.deepEqual(
      [
        click?.token,
        click?.served?.publisherId,
        click?.served?.priceMicros,
        click?.agent,
        click?.referrerHost,
      ],
      ['ok', 2, 250_000, FIREFOX, 'tide.example'],
    );
  });

  it('puts the headline into the snippet as text, with a sponsored link', async () => {
    await using server = await startTestServer();
    const { html } = JSON.parse((await server.ask('/serve')).text) as { html: string };
    assert.match(html, /rel="nofollow noopener sponsored">Ride &#60;out&#62;<\/a><img src=/);
  });

  it('answers a redirect that nobody caches, with a referrer policy and without a cookie', async () => {
    await using server = await startTestServer();
    const { headers } = await server.ask(server.link());
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['referrer-policy'], 'strict-origin-when-cross-origin');
    assert.equal(headers['set-cookie'], undefined);
  });

  it('answers HEAD with the same headers, and posts it as HEAD', async () => {
    await using server = await startTestServer();
    const path = server.link();
    const [head, get] = [await server.ask(path, {}, 'HEAD'), await server.ask(path)];
    const { date: _, ...headHeaders } = head.headers;
    const { date: __, ...getHeaders } = get.headers;
    assert.deepEqual([head.status, headHeaders], [get.status, getHeaders]);
    assert.deepEqual(
      server.clicks().map((click) => click?.method),
      ['HEAD', 'GET'],
    );
  });

  for (const [name, value] of [
    ['Sec-Purpose', 'prefetch;prerender'],
    ['Purpose', 'prefetch'],
    ['X-Moz', 'prefetch'],
    ['X-Purpose', 'preview'],
  ] as const) {
    it(`refuses a look ahead (${name}: ${value}), so that the real click comes to us`, async () => {
      await using server = await startTestServer();
      const answer = await server.ask(server.link(), { [name]: value });
      assert.deepEqual([answer.status, answer.headers['cache-control']], [503, 'no-store']);
      assert.equal(answer.headers.location, undefined);
      assert.equal(server.clicks()[0]?.prefetch, true);
    });
  }

  it('redirects a link that is too old, and posts it as expired', async () => {
    await using server = await startTestServer();
    const answer = await server.ask(server.link({ servedAtMs: NOW_MS - TOKEN_LIFE_MS - 1 }));
    assert.equal(answer.status, 302);
    assert.equal(server.clicks()[0]?.token, 'expired');
  });

  it('answers a forged link with a page, and posts it without what it claims', async () => {
    await using server = await startTestServer();
    const [kid, payload, signature = ''] = server.link().split('.');
    const changed = [
      kid,
      payload,
      signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
    ];
    const answer = await server.ask(changed.join('.'));
    assert.deepEqual([answer.status, answer.headers.location], [404, undefined]);
    assert.match(answer.text, /not valid/);
    assert.deepEqual([server.clicks()[0]?.token, server.clicks()[0]?.served], ['forged', undefined]);
  });

  it('answers cut off, empty and oversized links with a page', async () => {
    await using server = await startTestServer();
    const paths = [
      server.link().slice(0, -5),
      '/click/',
      `/click/a.b.${'c'.repeat(9000)}`,
      '/click/%00%0d%0aX: y',
    ];
    for (const path of paths) assert.equal((await server.ask(path)).status, 404, path.slice(0, 40));
    assert.deepEqual(
      server.clicks().map((click) => click?.token),
      ['malformed', 'malformed', 'malformed', 'malformed'],
    );
  });

  it('never redirects to anything but http and https, even if it were signed', async () => {
    await using server = await startTestServer();
    const targets = [
      'javascript:alert(1)',
      'https://a.example/\r\nX: y',
      'ftp://a.example/',
      'https://u:p@a.example/',
    ];
    for (const target of targets)
      assert.equal((await server.ask(server.link({ target }))).status, 404, target);
  });

  it('keeps no address: neither in a message nor in a file of its own', async () => {
    await using server = await startTestServer();
    const addresses = ['203.0.113.77', '2001:db8:1234:5678:9abc:def0:1111:2222', '198.51.100.9'];
    for (const address of addresses) await server.ask(server.link(), { 'X-Forwarded-For': address });
    const everything = [...server.sentBodies, ...filesIn(server.directory)].join('\n');
    for (const trace of ['203.0.113.77', '9abc', '5678', '198.51.100.9'])
      assert.ok(!everything.includes(trace), trace);
    const seen = server.clicks().map((click) => [click?.network, click?.addressClass]);
    assert.deepEqual(seen, [
      ['203.0.113.0/24', 'other'],
      ['2001:db8:1234::/48', 'other'],
      ['198.51.100.0/24', 'data-centre'],
    ]);
  });

  it('redirects while the broker is away, from the spool, and says 503 when that is full', async () => {
    const send = (): Promise<never> => Promise.reject(new Error('no answer'));
    await using server = await startTestServer({ send, spoolLimitBytes: 1000 });
    assert.equal((await server.ask(server.link())).status, 302);
    const answer = await server.ask(server.link());
    assert.deepEqual([answer.status, answer.headers.location], [503, undefined]);
    assert.deepEqual([server.account().spooled, server.account().unknown], [[[1, 1]], [[1, 2]]]);
  });

  it('refuses other methods, other addresses and publishers that do not exist', async () => {
    await using server = await startTestServer();
    assert.equal((await server.ask(server.link(), {}, 'POST')).status, 405);
    assert.equal((await server.ask('/elsewhere')).status, 404);
    for (const publisher of ['9', 'x', '1 OR 1=1'].map(encodeURIComponent)) {
      assert.equal((await server.ask(`/serve?publisher=${publisher}`)).status, 404, publisher);
    }
  });
});

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
