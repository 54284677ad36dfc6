import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Browser } from 'playwright-core';
import { openChromium, whyNoChromium } from '../ads/pages/fixtures/chromium.ts';
import { LambdaPlatform } from './crash/lambda-platform.ts';

const skip = whyNoChromium((text) => process.stderr.write(`${text}\n`)) ?? false;

/** A name of somebody else that leads to this machine: what rebinding a name comes to. */
const EVIL = 'evil.example';

/** Everything by which a page makes a browser send something elsewhere; each would make a queue, or run a function. */
function attack(target: string): string {
  const ask = (name: string): string => `${target}/?Action=CreateQueue&Version=2012-11-05&QueueName=${name}`;
  return `<!doctype html><meta name="referrer" content="no-referrer"><body>
<img src="${ask('image')}"><link rel="stylesheet" href="${ask('style')}"><iframe src="${ask('frame')}"></iframe>
<iframe name="hole"></iframe>
<form id="form" method="post" target="hole" action="${target}/"><input name="Action" value="CreateQueue"><input name="QueueName" value="form"></form>
<form id="plain" method="post" enctype="text/plain" target="hole" action="${target}/2015-03-31/functions/victim/invocations"><input name="{&quot;a" value="&quot;: 1}"></form>
<script>
  const form = new URLSearchParams({ Action: 'CreateQueue', QueueName: 'fetched' });
  const json = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue' };
  const tries = [
    () => fetch('${target}/', { method: 'POST', mode: 'no-cors', body: form }),
    () => fetch('${target}/', { method: 'POST', body: form, referrerPolicy: 'unsafe-url' }),
    () => fetch('${target}/', { method: 'POST', headers: json, body: '{"QueueName":"asked"}' }),
    () => fetch('${target}/', { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: '{"QueueName":"text"}' }),
    () => fetch('${target}/2015-03-31/functions/victim/invocations', { method: 'POST', mode: 'no-cors', body: '{}' }),
    () => fetch('${target}/2015-03-31/functions/victim/code', { method: 'PUT', body: '{}' }),
    () => fetch('${target}/_millrace/status'),
    () => navigator.sendBeacon('${target}/2015-03-31/functions/victim/invocations', '{}'),
    () => new Promise((resolve) => { const socket = new WebSocket('${target.replace('http', 'ws')}/?Action=CreateQueue&QueueName=socket'); socket.onerror = socket.onopen = resolve; }),
    () => new Promise((resolve) => { const source = new EventSource('${ask('events')}'); source.onerror = source.onmessage = () => { source.close(); resolve(); }; }),
    () => document.getElementById('form').submit(),
    () => document.getElementById('plain').submit(),
    () => window.open('${ask('window')}'),
  ];
  globalThis.read = [];
  (async () => {
    for (const attempt of tries) await Promise.resolve().then(attempt).then(async (answer) => { if (answer instanceof Response && answer.type !== 'opaque') read.push(await answer.text()); }).catch(() => {});
    document.title = 'done';
  })();
</script>`;
}

/** A server that only remembers who came. */
async function listening(
  answer: (path: string) => string,
): Promise<{ server: Server; port: number; came: string[] }> {
  const came: string[] = [];
  const server = createServer((incoming, outgoing) => {
    came.push(`${incoming.method} ${incoming.url}`);
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end(answer(incoming.url ?? ''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, came };
}

/** Opens the page and waits until it has tried everything; what it could read. */
async function visit(browser: Browser, url: string): Promise<string[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction("document.title === 'done'");
  await page.waitForLoadState('networkidle');
  const read = await page.evaluate<string[]>('globalThis.read');
  await context.close();
  return read;
}

test(
  'whatever a page of another origin tries in a browser, it makes no queue, runs no function and reads nothing',
  { skip },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-page-'));
    after(() => rmSync(folder, { recursive: true }));
    await using platform = await LambdaPlatform.start(folder);
    await platform.create('victim', `export const handler = async () => console.log('was run');`);
    const browser = await openChromium(`--host-resolver-rules=MAP ${EVIL} 127.0.0.1`);
    after(() => browser.close());
    const open = await listening(() => 'anybody');
    let target = '';
    const pages = await listening((path) => (path === '/' ? attack(target) : ''));
    after(() => [open, pages].forEach(({ server }) => server.close()));

    target = `http://127.0.0.1:${open.port}`;
    await visit(browser, `http://localhost:${pages.port}/`);
    const attempts = new Set(open.came);
    assert.ok(attempts.size >= 12, `the page sends what it is to send: ${[...attempts].join(', ')}`);

    const { port } = platform;
    for (const from of ['localhost', '127.0.0.1', EVIL]) {
      for (const to of ['localhost', '127.0.0.1', EVIL]) {
        target = `http://${to}:${port}`;
        const read = await visit(browser, `http://${from}:${pages.port}/`);
        assert.deepEqual(read, [], `from ${from} to ${to}`);
      }
    }
    const rebound = await browser.newPage();
    const answer = await rebound.goto(`http://${EVIL}:${port}/?Action=CreateQueue&QueueName=rebound`);
    assert.equal(answer?.status(), 403);
    await assertUntouched(platform);
  },
);

async function assertUntouched(platform: LambdaPlatform): Promise<void> {
  assert.equal((await platform.sqs.send(new ListQueuesCommand({}))).QueueUrls, undefined);
  assert.doesNotMatch(await platform.log('victim'), /was run/);
}
