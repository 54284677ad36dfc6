import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openChromium, whyNoChromium } from '../pages/fixtures/chromium.ts';
import { startTestServer, type TestServer } from './fixtures/test-server.ts';

const skip = whyNoChromium((text) => process.stderr.write(`${text}\n`)) ?? false;

describe('an ad in chromium', { skip }, () => {
  let browser: Browser;
  let site: Server;
  let sitePort: number;
  /** The page of the publisher, as the next visitor gets it. */
  let publisherPage: string;
  before(async () => {
    browser = await openChromium();
    site = createServer((request, response) => {
      const isLanding = request.url === '/landed';
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(isLanding ? '<title>Landed</title>' : publisherPage);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    sitePort = (site.address() as AddressInfo).port;
  });
  after(async () => {
    await browser.close();
    site.close();
    site.closeAllConnections();
  });

  it('in a frame is seen, and its link opens the target in a tab of its own', async () => {
    await using server = await serverOfAds();
    publisherPage = `<title>Tide</title><iframe src="${server.origin}/serve?publisher=1&format=html"></iframe>`;
    await using visitor = await visit();
    const link = visitor.page.frameLocator('iframe').getByRole('link');
    await until(() => server.sentViews.length === 1);
    const [tab] = await Promise.all([visitor.context.waitForEvent('page'), link.click()]);
    await tab.waitForURL(/\/landed$/);
    assert.equal(await tab.title(), 'Landed');
    assert.equal(await tab.evaluate('window.opener'), null);
    const clicks = server.clicks();
    assert.deepEqual(
      clicks.map((click) => [click?.method, click?.prefetch, click?.token]),
      [['GET', false, 'ok']],
    );
    assert.deepEqual(await visitor.context.cookies(), []);
  });

  it('put into a page by a script is seen when it comes into sight, not before', async () => {
    await using server = await serverOfAds();
    publisherPage = `<title>Tide</title><div style="height: 20000px"></div><div id="ad"></div><script type="module">
      const ad = await (await fetch('${server.origin}/serve?publisher=2')).json();
      document.querySelector('#ad').innerHTML = ad.html;
      document.title = 'shown';
    </script>`;
    await using visitor = await visit();
    await visitor.page.waitForFunction("document.title === 'shown'");
    await visitor.page.waitForLoadState('networkidle');
    assert.equal(server.sentViews.length, 0);
    await visitor.page.locator('#ad').scrollIntoViewIfNeeded();
    await until(() => server.sentViews.length === 1);
  });

  it('whose link the browser looks up ahead is not clicked by that, and is clicked by the click', async () => {
    await using server = await serverOfAds();
    const { click_url: url } = (await (await fetch(`${server.origin}/serve`)).json()) as {
      click_url: string;
    };
    const rules = JSON.stringify({ prefetch: [{ urls: [url], eagerness: 'immediate' }] });
    publisherPage = `<title>Tide</title><a href="${url}">Ad</a><script type="speculationrules">${rules}</script>`;
    await using visitor = await visit();
    await until(() => server.sentBodies.length === 1);
    await visitor.page.getByRole('link').click();
    await visitor.page.waitForURL(/\/landed$/);
    assert.deepEqual(
      server.clicks().map((click) => click?.prefetch),
      [true, false],
    );
  });

  async function serverOfAds(): Promise<TestServer> {
    const server = await startTestServer({ now: () => Date.now() });
    const offer = { adId: 11, campaignId: 1, advertiserId: 1, headline: 'Ride', priceMicros: 250_000 };
    server.server.use({
      offers: [{ ...offer, target: `http://127.0.0.1:${sitePort}/landed` }],
      publishers: new Map([
        [1, []],
        [2, []],
      ]),
    });
    return server;
  }

  async function visit(): Promise<{ page: Page; context: BrowserContext } & AsyncDisposable> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${sitePort}/`);
    return { page, context, [Symbol.asyncDispose]: () => context.close() };
  }
});

/** For half a minute at most. */
async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, 'It did not come.');
    await sleep(20);
  }
}
