// node scripts/screenshot.mjs [FOLDER]: takes pictures of the statistics page, with an hour of sample clicks charged.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chargeClicks } from '../ads/click-processor/charge.ts';
import { openTestLedger } from '../ads/database/fixtures.ts';
import { openChromium, whyNoChromium } from '../ads/pages/fixtures/chromium.ts';
import { signedIn } from '../ads/pages/fixtures/signed-in.ts';
import { sampleHour } from '../ads/pages/fixtures/sample-hour.ts';
import { PageServer } from '../ads/pages/page-server.ts';
import { root } from './setup/project.mjs';

const PICTURES = [
  { name: 'statistics', width: 1200, height: 800, colorScheme: 'light', fullPage: false },
  { name: 'statistics-dark', width: 1200, height: 800, colorScheme: 'dark', fullPage: true },
  { name: 'statistics-phone', width: 375, height: 800, colorScheme: 'light', fullPage: true },
];

const given = process.argv[2];
/** The project shows the first picture only; a folder gets all of them. */
const wanted = given === undefined ? PICTURES.slice(0, 1) : PICTURES;
const folder = given === undefined ? join(root, 'docs') : resolve(given);

const missing = whyNoChromium(console.log);
if (missing !== undefined) throw new Error(missing);
mkdirSync(folder, { recursive: true });
await using stack = new AsyncDisposableStack();
const ledger = await openTestLedger();
stack.defer(() => ledger.close());
await ledger.sql`UPDATE budget SET limit_micros = 320000000 WHERE campaign_id = 1`;
const clicks = sampleHour(Date.now());
for (let at = 0; at < clicks.length; at += 200) await chargeClicks(ledger.sql, clicks.slice(at, at + 200));
const pages = new PageServer({ sql: ledger.sql });
stack.defer(() => pages.close());
const origin = await pages.listen();
const { Cookie } = await signedIn(ledger.sql, 'anna@bicycles.example', 1);
const [cookie = '', token = ''] = Cookie.split('=');
const browser = await openChromium();
stack.defer(() => browser.close());
for (const { name, width, height, colorScheme, fullPage } of wanted) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, locale: 'en-GB' });
  await page.context().addCookies([{ name: cookie, value: token, url: origin }]);
  await page.goto(`${origin}/advertiser/1`);
  await page.locator('#state[data-state=live]').waitFor();
  await page.locator('#chart canvas').waitFor();
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage });
  console.log(path);
  await page.close();
}
