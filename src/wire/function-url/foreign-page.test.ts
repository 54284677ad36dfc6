import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cors } from '../../function/function-urls.ts';
import { foreignPage } from './foreign-page.ts';

const HOST = 'abc.lambda-url.us-east-1.localhost:4566';
const ONE: Cors = { allowOrigins: ['https://good.example'] };
const ALL: Cors = { allowOrigins: ['*'] };

function isRefused(headers: Readonly<Record<string, string>>, cors?: Cors, method = 'GET'): boolean {
  const head = { requestId: 'r' as never, method, path: '/', query: '', headers: { host: HOST, ...headers } };
  return foreignPage(head, cors) !== undefined;
}

test('who is no page of another origin is let in', () => {
  for (const headers of [
    {},
    { origin: `http://${HOST}` },
    { origin: `https://${HOST}`, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    { referer: `http://${HOST}/page` },
  ]) {
    assert.equal(isRefused(headers), false, JSON.stringify(headers));
  }
});

/** Each as a page of `https://evil.example`, or of another function, makes a browser send it. */
const FOREIGN = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://other.lambda-url.us-east-1.localhost:4566', 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
  { referer: 'https://evil.example/page' },
  { referer: 'nonsense' },
];

test('a page of another origin is refused unless Cors allows it', () => {
  for (const headers of FOREIGN) {
    assert.equal(isRefused(headers), true, JSON.stringify(headers));
    assert.equal(isRefused(headers, ONE), true, JSON.stringify(headers));
    assert.equal(isRefused(headers, ALL), false, JSON.stringify(headers));
  }
  assert.equal(isRefused({ origin: 'https://good.example', 'sec-fetch-site': 'cross-site' }, ONE), false);
  assert.equal(
    isRefused({ referer: 'https://good.example/page', 'sec-fetch-site': 'cross-site' }, ONE),
    false,
  );
});

test('a link leads here, a form does not', () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  assert.equal(isRefused({ ...link, referer: 'https://evil.example/' }), false);
  assert.equal(isRefused({ ...link, origin: 'https://evil.example' }, undefined, 'POST'), true);
  assert.equal(isRefused(link, undefined, 'POST'), true);
});
