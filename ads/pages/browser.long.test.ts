import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { addAdvertiser, addCampaign } from '../ledger/additions.ts';
import { whyNoChromium } from './fixtures/chromium.ts';
import { PagesInBrowser } from './fixtures/pages-in-browser.ts';
import { PASSWORD } from './fixtures/signed-in.ts';
import { PageServer } from './page-server.ts';

const skip = whyNoChromium((text) => process.stderr.write(`${text}\n`)) ?? false;

describe('the statistics page in chromium', { skip }, () => {
  let browser: PagesInBrowser;
  before(async () => {
    browser = await PagesInBrowser.open();
  });
  after(() => browser[Symbol.asyncDispose]());

  it('changes by itself when a batch is charged, and says up to which click it is complete', async () => {
    await using page = await browser.open('/advertiser/4');
    assert.equal(await page.locator('#billed').textContent(), '0');
    assert.equal(await page.locator('#latest').textContent(), 'No click has come yet.');
    const served = { advertiserId: 4, campaignId: 5, priceMicros: 310_000 };
    const batch = [50_001, 50_002, 50_003].map((number) => sampleClick(number, {}, served));
    await chargeClicks(browser.ledger.sql, [...batch, sampleClick(50_004, { method: 'HEAD' }, served)]);
    await page.locator('#billed', { hasText: /^3$/ }).waitFor();
    assert.equal(await page.locator('#spent').textContent(), '0.93');
    assert.equal(await page.locator('#left').textContent(), '799,999.07');
    assert.equal(await page.locator('#invalid').textContent(), '1');
    assert.match((await page.locator('#reasons').textContent()) ?? '', /Only headers asked for1/);
    assert.match((await page.locator('#position').textContent()) ?? '', /newest click 01900000-.*c354$/);
    assert.deepEqual(page.complaints, []);
  });

  it('is worked by keyboard: every link, choice and table can be reached, the period chosen, the table opened', async () => {
    await using page = await browser.open('/advertiser/1');
    const reached = new Set<string>();
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press('Tab');
      reached.add(String(await page.evaluate(NAME_OF_FOCUS)));
    }
    for (const name of [
      'Skip to the figures',
      'Lumen Lamps',
      'minutes',
      'The same as a table',
      'Reasons as a table',
      'Sign out',
      'Show older clicks',
      'Download',
      'Latest clicks',
    ])
      assert.ok(reached.has(name), `${name} in ${[...reached].join(', ')}`);
    await page.locator('input[value=minutes]').focus();
    await page.keyboard.press('ArrowRight');
    assert.match((await page.locator('#chart').getAttribute('aria-label')) ?? '', /last two days by hour/);
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#periods tr').first().waitFor();
  });

  it('shows the chart, and tells in words what it shows', async () => {
    await using page = await browser.open('/advertiser/1');
    const label = (await page.locator('#chart').getAttribute('aria-label')) ?? '';
    assert.match(label, /^Chart of the last hour by minute: \d+ charged clicks for [\d.]+, \d+ not charged$/);
    const painted = await page.evaluate(PAINTED);
    assert.ok(Number(painted) > 1000, `${String(painted)} pixels are painted`);
  });

  it('needs no sideways scrolling on a phone, in any state of it', async () => {
    for (const path of ['/operator', '/advertiser/1', '/advertiser/3', '/advertiser/99']) {
      await using page = await browser.open(path, { viewport: { width: 375, height: 700 } });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 375, path);
      const receipt = await page
        .locator('#latest button')
        .first()
        .boundingBox({ timeout: 1 })
        .catch(() => null);
      if (receipt !== null)
        assert.ok(receipt.x + receipt.width <= 375, `${path}: ${JSON.stringify(receipt)}`);
    }
  });

  it('has room for the longest names, and says so when there is no campaign', async () => {
    const name = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);
    const long = await addAdvertiser(browser.ledger.sql, name.slice(0, 100));
    const none = await addAdvertiser(browser.ledger.sql, 'Nothing yet');
    const ad = { headline: name.slice(0, 100), target: 'https://tides.example/' };
    const settings = { name: name.slice(0, 100), state: 'active', priceMicros: 1000 } as const;
    const { campaignId } = await addCampaign(browser.ledger.sql, long, { ...settings, ad });
    for (const width of [375, 1200]) {
      for (const path of ['/operator', `/advertiser/${long}`]) {
        await using page = await browser.open(path, { viewport: { width, height: 700 } });
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, path);
        if (path !== '/operator') continue;
        await page.locator(`#change-${campaignId}`).click();
        await page.locator('#form-dialog[open]').waitFor();
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, 'the form');
      }
    }
    await using page = await browser.open(`/advertiser/${none}`);
    await page.getByText('There is no campaign yet.').waitFor();
    await browser.ledger.owner`DELETE FROM ad WHERE campaign_id = ${campaignId}`;
    await browser.ledger.owner`DELETE FROM budget WHERE campaign_id = ${campaignId}`;
    await browser.ledger.owner`DELETE FROM campaign WHERE campaign_id = ${campaignId}`;
    await browser.ledger.owner`DELETE FROM advertiser WHERE advertiser_id IN (${long}, ${none})`;
  });

  it('follows the dark mode, in the chart too', async () => {
    await using page = await browser.open('/advertiser/1', { colorScheme: 'dark' });
    const ground = 'getComputedStyle(document.body).backgroundColor';
    assert.equal(await page.evaluate(ground), 'rgb(20, 22, 26)');
    const dark = await page.evaluate(PICTURE);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await page.evaluate(ground), 'rgb(246, 246, 243)');
    // The page's own policy forbids waitForFunction, which evaluates a text.
    while ((await page.evaluate(PICTURE)) === dark) await page.evaluate(NEXT_FRAME);
  });

  it('says that the connection is lost, and comes back by itself', async () => {
    const other = new PageServer({ sql: browser.ledger.sql });
    const address = await other.listen();
    await using page = await browser.open('/advertiser/2', { origin: address });
    await other.close();
    await page.locator('#state[data-state=lost]').waitFor();
    const again = new PageServer({ sql: browser.ledger.sql });
    await again.listen(Number(new URL(address).port));
    await page.locator('#state[data-state=live]').waitFor();
    await again.close();
  });

  it('lists the advertisers, leads to each, and says so when there is none of that number', async () => {
    await using page = await browser.open('/');
    await page.getByRole('heading', { name: 'Operator' }).waitFor();
    await page.getByRole('link', { name: 'Harbour Books' }).click();
    await page.getByRole('heading', { name: 'Harbour Books' }).waitFor();
    await page.goto(`${browser.origin}/advertiser/99`);
    await page.getByText('There is no such advertiser').waitFor();
  });

  it('shows the receipt of each click, by keyboard too, and older clicks below', async () => {
    await using page = await browser.open('/advertiser/1');
    await page.locator('#latest button').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#receipt[open]').waitFor();
    const lines = (await page.locator('#receipt-lines').textContent()) ?? '';
    for (const words of ['Rulesversion 2', 'Ledger entry', 'Campaign', 'Recorded'])
      assert.ok(lines.includes(words), lines);
    await page.keyboard.press('Escape');
    await page.locator('#receipt').waitFor({ state: 'hidden' });
    const before = await page.locator('[data-click]').count();
    await page.getByRole('button', { name: 'Show older clicks' }).click();
    await page.locator('#older tr').first().waitFor();
    assert.equal(await page.locator('[data-click]').count(), before + 50);
    assert.match((await page.locator('#older-state').textContent()) ?? '', /^Complete up to/);
    assert.match(
      (await page.locator('#reason-chart').getAttribute('aria-label')) ?? '',
      /^Chart of the last two days by hour: .*Robot \d+/,
    );
    assert.match((await page.locator('#campaigns').textContent()) ?? '', /left, runs out about/);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    assert.match((await download).suggestedFilename(), /^clicks-of-advertiser-1-complete-to-.*\.csv$/);
    assert.deepEqual(page.complaints, []);
  });

  it('begins a receipt at its top, also where it is longer than the window; the next stop is its end', async () => {
    await using page = await browser.open('/advertiser/1', { viewport: { width: 360, height: 500 } });
    await page.locator('#latest button').first().click();
    await page.locator('#receipt[open]').waitFor();
    const [top, height, shown] = await page
      .locator('#receipt')
      .evaluate((dialog) => [dialog.scrollTop, dialog.scrollHeight, dialog.clientHeight]);
    assert.equal(top, 0);
    assert.ok(Number(height) > Number(shown), `${height} in ${shown}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#receipt').waitFor({ state: 'hidden' });
  });

  it('lets an advertiser in by address and password, shows it its own page, and lets it out again', async () => {
    await using page = await browser.open('/', { isSignedIn: false });
    await page.keyboard.type('lamps@test.example');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a wrong password');
    await page.keyboard.press('Enter');
    await page.getByText('do not belong together').waitFor();
    await page.getByLabel('E-mail address').fill('lamps@test.example');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Lumen Lamps' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Harbour Books' }).count(), 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(`${browser.origin}/advertiser/4`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});

const NAME_OF_FOCUS = `(() => {
  const focus = document.activeElement;
  const label = document.getElementById(focus.getAttribute('aria-labelledby'));
  return focus.value || (label ?? focus).textContent;
})()`;
const PICTURE = `document.querySelector('#chart canvas').toDataURL()`;
const NEXT_FRAME = 'new Promise((resolve) => requestAnimationFrame(() => resolve()))';
const PAINTED = `(() => {
  const canvas = document.querySelector('#chart canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, index) => index % 4 === 3 && value > 0).length;
})()`;
