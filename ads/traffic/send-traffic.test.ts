import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTestServer, type TestServer } from '../server/fixtures/test-server.ts';
import { Browser } from './browser.ts';
import { evenly } from './pace.ts';
import { emptyCount, sendTraffic, type TrafficCount } from './send-traffic.ts';
import type { ClickRequest, Visit } from './visit.ts';

const CLICK: ClickRequest = { method: 'GET', afterMs: 0 };

describe('traffic', () => {
  it('sends what each visit says, and no more clicks than asked for', async () => {
    await using server = await startTestServer();
    const clicks: ClickRequest[] = [
      { ...CLICK, prefetch: true },
      { ...CLICK, method: 'HEAD' },
      { ...CLICK, forged: true },
    ];
    const count = await send(server, [visit(clicks), visit([CLICK]), visit([CLICK, CLICK])], 5);
    const { statuses, ...others } = count;
    assert.deepEqual(others, { sent: 5, broken: 0, nothingToShow: 0 });
    assert.deepEqual(
      [302, 404, 503].map((status) => statuses.get(status)),
      [3, 1, 1],
    );
    const seen = server.clicks().map((click) => [click?.method, click?.prefetch, click?.token].join(' '));
    assert.deepEqual(seen.toSorted(), [
      'GET false forged',
      'GET false ok',
      'GET false ok',
      'GET true ok',
      'HEAD false ok',
    ]);
  });

  it('counts what is not answered, and goes on', async () => {
    const server = await startTestServer();
    const origin = await originOf(server);
    await server[Symbol.asyncDispose]();
    const count = emptyCount();
    const visits = [visit([CLICK]), visit([CLICK])];
    await sendTraffic(
      { browser: new Browser(origin), visits, clicks: 2, pace: evenly(1e6), signal: never() },
      count,
    );
    assert.deepEqual(count, { ...emptyCount(), broken: 2 });
  });
});

async function send(server: TestServer, visits: readonly Visit[], clicks: number): Promise<TrafficCount> {
  const count = emptyCount();
  const browser = new Browser(await originOf(server));
  await sendTraffic({ browser, visits, clicks, pace: evenly(1e6), signal: never() }, count);
  browser.close();
  return count;
}

async function originOf(server: TestServer): Promise<string> {
  const ad = JSON.parse((await server.ask('/serve')).text) as { click_url: string };
  return new URL(ad.click_url).origin;
}

function visit(clicks: readonly ClickRequest[]): Visit {
  return { publisherId: 1, address: '203.0.113.7', agent: 'Mozilla/5.0', clicks };
}

function never(): AbortSignal {
  return new AbortController().signal;
}
