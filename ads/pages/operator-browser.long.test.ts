import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { whyNoChromium } from './fixtures/chromium.ts';
import { PagesInBrowser } from './fixtures/pages-in-browser.ts';

const skip = whyNoChromium((text) => process.stderr.write(`${text}\n`)) ?? false;

describe('the page of the operator in chromium', { skip }, () => {
  let browser: PagesInBrowser;
  before(async () => {
    browser = await PagesInBrowser.open();
  });
  after(() => browser[Symbol.asyncDispose]());

  it('lets the operator refill, try rules, give back, and compare the books', async () => {
    await using page = await browser.open('/operator');
    const row = page.locator('#campaigns tr', { hasText: 'Last frames' });
    await row.getByText('60.00 of 60.00').waitFor();
    await row.getByRole('button', { name: 'Refill' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('12.5');
    await page.keyboard.press('Enter');
    await row.getByText('60.00 of 72.50').waitFor();
    await row.getByRole('button', { name: 'Take back' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#form-amount').inputValue(), '12.5');
    await page.keyboard.type('10');
    await page.keyboard.press('Enter');
    await row.getByText('60.00 of 62.50').waitFor();
    await page.getByText('10.00 of Last frames went back to the wallet of its advertiser.').waitFor();
    await row.getByRole('button', { name: 'Refill' }).press('Enter');
    await page.keyboard.type('10');
    await page.locator('#form-from').selectOption('wallet');
    await page.locator('#form-send').press('Enter');
    await row.getByText('60.00 of 72.50').waitFor();
    await row.getByRole('combobox').selectOption('paused');
    const rules = { refuse: [], doubleClickWindowMs: 86_400_000, viewerRates: [], viewWaitMs: null };
    await page
      .locator('#definition')
      .fill(JSON.stringify({ ...rules, viewerRates: [{ windowMs: 1, most: 0 }] }));
    await page.locator('#note').fill('Nobody may click');
    await page.getByRole('button', { name: 'Keep as a draft' }).click();
    await page.getByText('Kept as version 3, a draft.').waitFor();
    await page.locator('#rules tr', { hasText: 'Nobody may click' }).waitFor();
    await page.locator('#tried').selectOption('3');
    await page.getByRole('button', { name: 'Try it on the stored clicks' }).click();
    await page.getByText(/charged ones would be given back/).waitFor();
    await page.locator('#credit').click();
    await page.getByText(/^[\d.,]+ given back for \d+ clicks\.$/).waitFor();
    const earnings = page.locator('#earnings tr', { hasText: 'Daily Tide' });
    await earnings.getByText('70 %').waitFor();
    await earnings.getByRole('button', { name: 'Change the share of Daily Tide' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#form-percent').inputValue(), '70');
    await page.keyboard.type('62.5');
    await page.keyboard.press('Enter');
    await earnings.getByText('62.5 %').waitFor();
    await page.getByText('Daily Tide gets 62.5 % of all days that are not closed yet.').waitFor();
    await page.getByText('Closed days, by the share that held').click();
    await page.getByText('No day was divided yet.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Compare now' }).click();
    await page.locator('#comparisons tr').nth(1).waitFor();
    await page.getByText('By campaign and hour').click();
    await page.locator('#hours tr').first().waitFor();
    assert.deepEqual(page.complaints, []);
  });

  it('lets the operator add an advertiser, a publisher with a place, and a campaign, and change it, by keyboard', async () => {
    await using page = await browser.open('/operator');
    const add = async (button: string, words: readonly string[]): Promise<void> => {
      await page.getByRole('button', { name: button, exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.locator('#form-dialog[open]').waitFor();
      for (const [place, word] of words.entries()) {
        if (place > 0) await page.keyboard.press('Tab');
        await page.keyboard.type(word);
      }
      await page.keyboard.press('Enter');
      await page.locator('#form-dialog').waitFor({ state: 'hidden' });
    };
    await add('New advertiser', ['Tide Tables']);
    await page.getByText('Tide Tables is advertiser 5.').waitFor();
    await add('New publisher', ['Harbour News']);
    await add('New place of Harbour News', ['Top']);
    const publisher = page.locator('#publishers tr', { hasText: 'Harbour News' });
    await publisher.getByText('Top: placement=1').waitFor();
    await page.getByRole('button', { name: 'New campaign' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#form-advertiser').selectOption('Tide Tables');
    await page.getByLabel('Name').fill('High water');
    await page.getByLabel('Price of a click').fill('0.15');
    await page.getByLabel('At most on one day').fill('20');
    await page.getByLabel('Ends at').fill('2050-01-31T12:00');
    await page.getByLabel('Headline').fill('Never wet feet again');
    await page.getByLabel('Where a click leads').fill('ftp://tides.example/');
    await page.keyboard.press('Enter');
    await page.getByText('target is an address such as').waitFor();
    await page.getByLabel('Where a click leads').fill('https://tides.example/?c={click_id}');
    await page.keyboard.press('Enter');
    const campaign = page.locator('#campaigns tr', { hasText: 'High water' });
    await campaign.getByText('1 ad · at most 20.00 a day · until 31 Jan 2050').waitFor();
    await add('Change High water', ['Low water']);
    await page
      .locator('#campaigns')
      .getByText(/^Low water/)
      .waitFor();
    const complaints = page.complaints.filter((text) => !text.includes('400 (Bad Request)'));
    assert.deepEqual(complaints, []);
  });

  it('pushes figures to the operator too, who keeps the place and the choice meanwhile', async () => {
    await using page = await browser.open('/operator');
    const row = page.locator('#campaigns tr', { hasText: 'Morning roast' });
    await row.getByRole('combobox').focus();
    await chargeClicks(browser.ledger.sql, [
      sampleClick(60_001, {}, { advertiserId: 2, campaignId: 3, priceMicros: 180_000 }),
    ]);
    await row.getByText('0.18 of').waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'state-campaigns-3');
    assert.match((await page.locator('#position').textContent()) ?? '', /^Complete up to .* newest click 0/);
    await row.getByRole('combobox').selectOption('paused');
    await page.getByText('Morning roast is paused.').waitFor();
    await browser.ledger.sql`UPDATE campaign SET state = 'active' WHERE campaign_id = 3`;
    await page.locator('#state-campaigns-3[data-state=active]').waitFor();
    assert.equal(await row.getByRole('combobox').inputValue(), 'active');
    assert.deepEqual(page.complaints, []);
  });
});
