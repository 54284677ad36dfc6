import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CreateFunctionUrlConfigCommand, type Cors } from '@aws-sdk/client-lambda';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Browser } from 'playwright-core';
import { openChromium, whyNoChromium } from '../ads/pages/fixtures/chromium.ts';
import { LambdaPlatform } from './crash/lambda-platform.ts';

const skip = whyNoChromium((text) => process.stderr.write(`${text}\n`)) ?? false;

/** Says what was asked of it, in its log and in its answer, which may be a page. */
const CODE = `export const handler = async (event) => {
  const { rawPath, cookies = [], headers, requestContext } = event;
  console.log('was run by', requestContext.http.method, rawPath);
  if (rawPath === '/page') return { statusCode: 200, headers: { 'content-type': 'text/html' }, cookies: ['own=1'], body: '<title>a page</title>' };
  return { statusCode: 200, headers: { 'x-shown': 'yes', 'x-hidden': 'yes' }, body: JSON.stringify({ rawPath, cookies, own: headers['x-own'] ?? null }) };
};`;

/** Everything by which a page makes a browser ask something of another origin, but for a link. */
function attempts(target: string): string {
  return `(async () => {
    const read = [];
    const tries = [
      () => fetch('${target}/simple'),
      () => fetch('${target}/opaque', { method: 'POST', mode: 'no-cors', body: 'x' }),
      () => fetch('${target}/asked', { method: 'PUT', headers: { 'x-own': '1' } }),
      () => fetch('${target}/kept', { credentials: 'include', referrerPolicy: 'no-referrer' }),
      () => navigator.sendBeacon('${target}/beacon', 'x'),
      ...['img', 'iframe', 'script'].map((kind) => () => new Promise((resolve) => {
        const element = document.createElement(kind);
        element.onload = element.onerror = resolve;
        element.src = '${target}/' + kind;
        document.body.append(element);
      })),
      () => new Promise((resolve) => {
        document.body.insertAdjacentHTML('beforeend', '<iframe name="hole"></iframe><form method="post" target="hole" action="${target}/form"><input name="a"></form>');
        document.querySelector('iframe[name=hole]').onload = resolve;
        document.querySelector('form').submit();
      }),
    ];
    for (const attempt of tries) {
      const answer = await Promise.resolve().then(attempt).catch(() => undefined);
      if (answer instanceof Response && answer.type !== 'opaque') read.push(await answer.text());
    }
    return read;
  })()`;
}

/** Origins for pages: nothing but an empty one. */
async function pageServer(): Promise<{ readonly port: number } & Disposable> {
  const server = createServer((_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: close };
}

async function give(platform: LambdaPlatform, name: string, cors?: Cors): Promise<string> {
  await platform.create(name, CODE);
  const made = await platform.lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'NONE', ...(cors && { Cors: cors }) }),
  );
  return made.FunctionUrl?.replace(/\/$/, '') ?? '';
}

/** What the page at `url` could read of what it tried. */
async function tried(browser: Browser, url: string, script: string): Promise<string[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  const read = await page.evaluate<string[]>(script);
  await page.waitForLoadState('networkidle');
  await context.close();
  return read;
}

test('in a browser, pages call a URL whose Cors allows their origin, and no other', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-url-page-'));
  after(() => rmSync(folder, { recursive: true }));
  await using platform = await LambdaPlatform.start(folder);
  using pages = await pageServer();
  const [good, evil] = [`http://localhost:${pages.port}`, `http://127.0.0.1:${pages.port}`];
  const cors = {
    AllowOrigins: [good],
    AllowMethods: ['PUT'],
    AllowHeaders: ['x-own'],
    ExposeHeaders: ['x-shown'],
  };
  const [closed, open] = [await give(platform, 'closed'), await give(platform, 'open', cors)];
  await using browser = await openChromium();

  for (const from of [good, evil]) assert.deepEqual(await tried(browser, from, attempts(closed)), [], from);
  assert.deepEqual(await tried(browser, evil, attempts(open)), []);
  assert.doesNotMatch(await platform.log('closed'), /was run/);
  assert.doesNotMatch(await platform.log('open'), /was run/);

  const told = await tried(
    browser,
    good,
    `fetch('${open}/asked', { method: 'PUT', headers: { 'x-own': '1' } }).then(async (answer) =>
      [await answer.text(), answer.headers.get('x-shown'), answer.headers.get('x-hidden')])`,
  );
  assert.deepEqual(told, ['{"rawPath":"/asked","cookies":[],"own":"1"}', 'yes', null]);
  // A header that Cors does not name is not sent at all.
  const refused = `fetch('${open}/refused', { headers: { 'x-other': '1' } }).then(() => ['sent'], () => [])`;
  assert.deepEqual(await tried(browser, good, refused), []);

  await followsLink(browser, evil, `${closed}/page`);
  await reachesNothing(browser, platform, { closed, open });

  // Each of the attempts is one: from where Cors allows it they all arrive.
  await tried(browser, good, attempts(open));
  const log = await platform.log('open');
  for (const path of ['simple', 'opaque', 'kept', 'beacon', 'img', 'iframe', 'script', 'form'])
    assert.match(log, new RegExp(`was run by \\w+ /${path}`), path);
});

/** A link of any page leads to a URL. */
async function followsLink(browser: Browser, from: string, to: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(from);
  await page.evaluate(`document.body.innerHTML = '<a href="${to}">go</a>'`);
  await page.click('a');
  await page.waitForURL(to);
  assert.equal(await page.title(), 'a page');
  await page.close();
}

/** A page that a function gave out uses its own URL, and neither an API nor another function. */
async function reachesNothing(
  browser: Browser,
  platform: LambdaPlatform,
  { closed, open }: { readonly closed: string; readonly open: string },
): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${closed}/page`);
  const own = `fetch('/own').then((answer) => answer.json())`;
  assert.deepEqual(await page.evaluate(own), { rawPath: '/own', cookies: ['own=1'], own: null });
  const api = `http://127.0.0.1:${platform.port}`;
  const script = `(async () => {
    const read = [];
    for (const path of ['/_millrace/status', '/?Action=CreateQueue&Version=2012-11-05&QueueName=made', '/2015-03-31/functions'])
      for (const mode of ['cors', 'no-cors'])
        await fetch('${api}' + path, { mode }).then(async (answer) => { if (answer.type !== 'opaque') read.push(await answer.text()); }, () => {});
    return read;
  })()`;
  assert.deepEqual(await page.evaluate(script), []);
  assert.deepEqual(await page.evaluate(attempts(open)), []);
  assert.doesNotMatch(await platform.log('open'), /(simple|opaque|kept|beacon|form)/);
  assert.equal((await platform.sqs.send(new ListQueuesCommand({}))).QueueUrls, undefined);
  await page.close();
}
