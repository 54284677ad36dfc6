import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import type { RequestId } from '../base/ids.ts';
import { WebPageGuard } from './web-page-guard.ts';

const guard = new WebPageGuard({ listenAddress: '127.0.0.1', publicNames: ['Queues.Example.com'] });

function refused(headers: IncomingHttpHeaders, by = guard): boolean {
  const head = { requestId: 'r' as RequestId, method: 'POST', path: '/', query: '', headers };
  return by.refuses(head) !== undefined;
}

const JSON_TYPE = 'application/x-amz-json-1.0';

test('clients that are no browsers come in', () => {
  for (const host of [
    'localhost:4566',
    '127.0.0.1:4566',
    '127.8.8.8',
    '[::1]:4566',
    'sqs.us-east-1.localhost:4566',
    'queues.example.com',
    'queue.amazonaws.com',
    'eu-central-1.queue.amazonaws.com:4566',
    'sqs.us-gov-west-1.amazonaws.com',
    'sts.amazonaws.com',
    'localhost.localstack.cloud:4566',
    'sqs.us-east-1.localhost.localstack.cloud:4566',
  ]) {
    assert.equal(refused({ host, 'x-amz-target': 'AmazonSQS.ListQueues', 'content-type': JSON_TYPE }), false);
  }
});

test('a page of another origin is refused, also one of another port of this machine', () => {
  for (const origin of ['https://evil.example', 'null', 'http://localhost:3000']) {
    assert.equal(refused({ host: 'localhost:4566', origin }), true, origin);
  }
});

test('a page that this server gave out itself comes in', () => {
  const headers = {
    host: 'localhost:4566',
    origin: 'http://localhost:4566',
    'sec-fetch-site': 'same-origin',
  };
  assert.equal(refused(headers), false);
});

test('a cross-site request without an Origin is refused', () => {
  for (const site of ['cross-site', 'same-site', 'nonsense']) {
    assert.equal(refused({ host: 'localhost', 'sec-fetch-site': site }), true, site);
  }
  assert.equal(refused({ host: 'localhost', 'sec-fetch-site': 'none' }), false);
});

test('a foreign host is refused: its name may have been pointed here', () => {
  const ofOthers = [
    'bucket.s3.amazonaws.com',
    'evil.sqs.us-east-1.amazonaws.com',
    'sqs.amazonaws.com.evil.example',
    'evil.localstack.cloud',
  ];
  const foreign = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', ''];
  for (const host of [...foreign, ...ofOthers]) {
    assert.equal(refused({ host }), true, host);
  }
});

test('a server that listens on every address takes every address, but no foreign name', () => {
  const open = new WebPageGuard({ listenAddress: '0.0.0.0' });
  assert.equal(refused({ host: '10.0.0.1:4566' }, open), false);
  assert.equal(refused({ host: 'evil.example' }, open), true);
});

test('where every request must be signed any name may lead here, and a page is refused all the same', () => {
  const signed = new WebPageGuard({ listenAddress: '0.0.0.0', isSigned: true });
  assert.equal(refused({ host: 'queues.example.org:4566' }, signed), false);
  assert.equal(refused({ host: 'queues.example.org', origin: 'https://evil.example' }, signed), true);
});

test('an action in X-Amz-Target without the content type of a protocol is refused', () => {
  const action = { host: 'localhost', 'x-amz-target': 'AmazonSQS.ListQueues' };
  assert.equal(refused(action), true);
  assert.equal(refused({ ...action, 'content-type': 'text/plain' }), true);
  assert.equal(refused({ ...action, 'content-type': 'application/x-www-form-urlencoded' }), false);
  assert.equal(refused({ ...action, 'content-type': 'application/json; charset=utf-8' }), false);
});

test('a form or an image of a web page is refused: by Origin, by Sec-Fetch-Site, or by Referer', () => {
  const form = { host: 'localhost:4566', 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal(refused(form), false);
  assert.equal(refused({ ...form, origin: 'https://evil.example' }), true);
  assert.equal(refused({ ...form, origin: 'null' }), true);
  const image = { host: 'localhost:4566', accept: 'image/avif,image/webp,*/*' };
  assert.equal(refused({ ...image, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), true);
  assert.equal(refused({ ...image, referer: 'https://evil.example/page' }), true);
  assert.equal(refused({ ...image, referer: 'nonsense' }), true);
  assert.equal(refused({ ...image, referer: 'http://localhost:4566/page' }), false);
});
