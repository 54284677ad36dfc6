// node scripts/screenshot.mjs [FOLDER]: takes pictures of the statistics page, with an hour of sample clicks charged.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chargeClicks } from '../ads/click-processor/charge.ts';
import { openTestLedger } from '../ads/database/fixtures.ts';
import { openChromium, whyNoChromium } from '../ads/pages/fixtures/chromium.ts';
import { signedIn } from '../ads/pages/fixtures/signed-in.ts';
import { sampleHour } from '../ads/pages/fixtures/sample-hour.ts';
import { PageServer } from '../ads/pages/page-server.ts';
import { withdrawFromCampaign } from '../ads/ledger/money.ts';
import { recordRuns } from '../ads/summary/runs.ts';
import { reconcile } from '../ads/summary/reconcile.ts';
import { root } from './setup/project.mjs';

const PICTURES = [
  { name: 'statistics', width: 1200, height: 800, colorScheme: 'light', fullPage: false },
  { name: 'statistics-dark', width: 1200, height: 800, colorScheme: 'dark', fullPage: true },
  { name: 'statistics-phone', width: 375, height: 800, colorScheme: 'light', fullPage: true },
  { name: 'operator', path: '/operator', width: 1200, height: 800, colorScheme: 'light', fullPage: true },
  { name: 'operator-dark', path: '/operator', width: 1200, height: 800, colorScheme: 'dark', fullPage: true },
  {
    name: 'operator-phone',
    path: '/operator',
    width: 375,
    height: 800,
    colorScheme: 'light',
    fullPage: true,
  },
  { name: 'sign-in', path: '/sign-in', width: 700, height: 500, colorScheme: 'light', fullPage: false },
];

const given = process.argv[2];
/** The project shows two of the pictures; a folder gets all of them. */
const shown = ['statistics', 'operator'];
const wanted = given === undefined ? PICTURES.filter(({ name }) => shown.includes(name)) : PICTURES;
const folder = given === undefined ? join(root, 'docs') : resolve(given);

const missing = whyNoChromium(console.log);
if (missing !== undefined) throw new Error(missing);
mkdirSync(folder, { recursive: true });
await using stack = new AsyncDisposableStack();
const ledger = await openTestLedger();
stack.defer(() => ledger.close());
const tooMuch = { key: 'picture', amountMicros: 900_000_000_000 - 320_000_000 };
await withdrawFromCampaign(ledger.sql, 1, tooMuch);
const clicks = sampleHour(Date.now());
for (let at = 0; at < clicks.length; at += 200) await chargeClicks(ledger.sql, clicks.slice(at, at + 200));
const pages = new PageServer({ sql: ledger.sql });
stack.defer(() => pages.close());
const origin = await pages.listen();
const { Cookie } = await signedIn(ledger.sql, 'anna@bicycles.example', 1);
const asOperator = await signedIn(ledger.sql, 'operator@millrace.example');
const browser = await openChromium();
stack.defer(() => browser.close());
await recordRuns(ledger.sql, [{ serverId: 'ad-1', posted: [[1, clicks.length]], unknown: [], refused: [] }]);
await reconcile(ledger.sql, { queued: 0, deadLetters: 0 });
for (const { name, path: address = '/advertiser/1', width, height, colorScheme, fullPage } of wanted) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, locale: 'en-GB' });
  const [cookie = '', token = ''] = (address === '/operator' ? asOperator.Cookie : Cookie).split('=');
  await page.context().addCookies([{ name: cookie, value: token, url: origin }]);
  await page.goto(`${origin}${address}`);
  await page.locator('#state[data-state=live], #password').first().waitFor();
  if (address === '/advertiser/1') await page.locator('#chart canvas').waitFor();
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage });
  console.log(path);
  await page.close();
}
