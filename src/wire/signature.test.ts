import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RequestId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { canonicalRequest } from './canonical-request.ts';
import type { WireRequest } from './door.ts';
import { SignatureCheck } from './signature.ts';

// Key, time and signatures are those of the AWS Signature Version 4 test suite.
const KEY_ID = 'AKIDEXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const TIME = '20150830T123600Z';
const GET_VANILLA = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
const POST_VANILLA = '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b';
const QUERY_ORDER = 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500';
const AT_MS = Date.parse('2015-08-30T12:36:00Z');

interface Made {
  readonly method?: string;
  readonly query?: string;
  readonly body?: string;
  readonly signature?: string;
  readonly signed?: string;
  readonly authorization?: string;
  readonly headers?: IncomingHttpHeaders;
}

function request(made: Made = {}): WireRequest {
  const { signed = 'host;x-amz-date', signature = GET_VANILLA } = made;
  const credential = `${KEY_ID}/20150830/us-east-1/service/aws4_request`;
  return {
    requestId: 'r' as RequestId,
    method: made.method ?? 'GET',
    path: '/',
    query: made.query ?? '',
    body: Buffer.from(made.body ?? ''),
    signal: new AbortController().signal,
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': TIME,
      authorization:
        made.authorization ??
        `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`,
      ...made.headers,
    },
  };
}

/** `good`, or the kind of the refusal. */
function outcome(made?: Made, nowMs = AT_MS, sessionToken?: string): string {
  const find = (id: string) =>
    id === KEY_ID ? { secretAccessKey: SECRET, ...(sessionToken && { sessionToken }) } : undefined;
  const result = new SignatureCheck({ find, clock: new ManualClock(nowMs) }).check(request(made));
  return result.ok ? 'good' : result.failure.kind;
}

test('the signatures of AWS’s own test suite are right', () => {
  assert.equal(outcome(), 'good');
  assert.equal(outcome({ method: 'POST', signature: POST_VANILLA }), 'good');
  assert.equal(outcome({ query: 'Param2=value2&Param1=value1', signature: QUERY_ORDER }), 'good');
});

test('a request changed after signing is refused', () => {
  assert.equal(outcome({ method: 'POST' }), 'signature-wrong');
  assert.equal(outcome({ query: 'a=b' }), 'signature-wrong');
  assert.equal(outcome({ body: 'x' }), 'signature-wrong');
  assert.equal(outcome({ headers: { host: 'other' } }), 'signature-wrong');
  assert.equal(outcome({ signature: '0'.repeat(64) }), 'signature-wrong');
});

test('a declared digest that is not the body’s is refused', () => {
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  assert.equal(outcome({ headers, signed: 'host;x-amz-content-sha256;x-amz-date' }), 'signature-wrong');
});

test('fifteen minutes of skew are allowed, either way, and no more', () => {
  const limitMs = 15 * 60_000;
  assert.equal(outcome({}, AT_MS + limitMs), 'good');
  assert.equal(outcome({}, AT_MS - limitMs), 'good');
  assert.equal(outcome({}, AT_MS + limitMs + 1), 'signature-out-of-time');
  assert.equal(outcome({}, AT_MS - limitMs - 1), 'signature-out-of-time');
});

test('a header of AWS that the signature does not cover is refused', () => {
  assert.equal(outcome({ headers: { 'x-amz-target': 'AmazonSQS.PurgeQueue' } }), 'signature-unreadable');
  assert.equal(outcome({ signed: 'x-amz-date' }), 'signature-unreadable');
});

test('an unknown key and a wrong or missing token are refused alike', () => {
  const authorization = request().headers.authorization?.replace(KEY_ID, 'AKIDOTHER') ?? '';
  assert.equal(outcome({ authorization }), 'key-unknown');
  assert.equal(outcome({}, AT_MS, 'token'), 'key-unknown');
  const headers = { 'x-amz-security-token': 'other' };
  assert.equal(
    outcome({ headers, signed: 'host;x-amz-date;x-amz-security-token' }, AT_MS, 'token'),
    'key-unknown',
  );
});

test('a short-lived key with its token is let in', () => {
  const signedHeaders = ['host', 'x-amz-date', 'x-amz-security-token'];
  const headers = { 'x-amz-security-token': 'token' };
  const { method, path, query, headers: all } = request({ headers });
  const bodySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const canonical = canonicalRequest({ method, path, query, headers: all, signedHeaders, bodySha256 });
  const signature = sign(canonical);
  assert.equal(outcome({ headers, signed: signedHeaders.join(';'), signature }, AT_MS, 'token'), 'good');
});

test('what is no signature is refused with what is wrong', () => {
  const { authorization: _, ...headers } = request().headers;
  const check = new SignatureCheck({ find: () => undefined, clock: new ManualClock(AT_MS) });
  const unsigned = check.check({ ...request(), headers });
  assert.deepEqual(unsigned, { ok: false, failure: { kind: 'not-signed' } });
  for (const authorization of ['', 'Basic abc', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=a/b']) {
    assert.equal(outcome({ authorization }), 'signature-unreadable', authorization);
  }
  assert.equal(outcome({ headers: { 'x-amz-date': 'yesterday' } }), 'signature-unreadable');
});

/** A presigned address, its query as a client makes it. */
function presigned(change: (query: string) => string = (query) => query): WireRequest {
  const { authorization: _, 'x-amz-date': __, ...headers } = request().headers;
  const credential = encodeURIComponent(`${KEY_ID}/20150830/us-east-1/service/aws4_request`);
  const query =
    `Action=ListQueues&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}` +
    `&X-Amz-Date=${TIME}&X-Amz-Expires=60&X-Amz-SignedHeaders=host`;
  const bodySha256 = createHash('sha256').update('').digest('hex');
  const parts = { method: 'GET', path: '/', headers, signedHeaders: ['host'], bodySha256 };
  const signature = sign(canonicalRequest({ ...parts, query }));
  return { ...request(), headers, query: change(`${query}&X-Amz-Signature=${signature}`) };
}

function presignedOutcome(made: WireRequest, nowMs = AT_MS): string {
  const find = (id: string) => (id === KEY_ID ? { secretAccessKey: SECRET } : undefined);
  const result = new SignatureCheck({ find, clock: new ManualClock(nowMs) }).check(made);
  return result.ok ? 'good' : result.failure.kind;
}

test('a presigned address is good for as long as it says, and for nothing but what it says', () => {
  assert.equal(presignedOutcome(presigned()), 'good');
  assert.equal(presignedOutcome(presigned(), AT_MS + 60_000), 'good');
  assert.equal(presignedOutcome(presigned(), AT_MS + 60_001), 'signature-out-of-time');
  const changes: [RegExp, string, string][] = [
    [/ListQueues/, 'PurgeQueue', 'signature-wrong'],
    [/Expires=60/, 'Expires=600', 'signature-wrong'],
    [/Expires=60/, 'Expires=604801', 'signature-unreadable'],
    [/&X-Amz-Expires=60/, '', 'signature-unreadable'],
    [/SHA256/, 'SHA512', 'signature-unreadable'],
    [/Headers=host/, 'Headers=none', 'signature-unreadable'],
    [/AKIDEXAMPLE/, 'AKIDOTHER', 'key-unknown'],
    [/&X-Amz-Signature=.*/, '', 'not-signed'],
    [/$/, '&DelaySeconds=1', 'signature-wrong'],
  ];
  for (const [from, to, expected] of changes) {
    assert.equal(presignedOutcome(presigned((query) => query.replace(from, to))), expected, to);
  }
  const body = Buffer.from('Action=PurgeQueue');
  assert.equal(presignedOutcome({ ...presigned(), body }), 'signature-wrong');
  const headers = { ...presigned().headers, 'x-amz-target': 'AmazonSQS.PurgeQueue' };
  assert.equal(presignedOutcome({ ...presigned(), headers }), 'signature-unreadable');
});

test('whatever stands where a signature should, it is refused, and nothing is thrown', () => {
  const parameter = fc.constantFrom(
    'Algorithm',
    'Credential',
    'Date',
    'Expires',
    'SignedHeaders',
    'Signature',
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'AWS4-HMAC-SHA256',
      'host',
      '60',
      TIME,
      '0'.repeat(64),
      `${KEY_ID}/20150830/r/s/aws4_request`,
    ),
  );
  const query = fc
    .array(fc.tuple(parameter, value), { maxLength: 7 })
    .map((pairs) => pairs.map(([name, text]) => `X-Amz-${name}=${text}`).join('&'));
  const authorization = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(value, value, value)
      .map(
        ([scope, signed, signature]) =>
          `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signed}, Signature=${signature}`,
      ),
  );
  fc.assert(
    fc.property(query, fc.option(authorization, { nil: undefined }), (asked, header) => {
      const { authorization: _, ...headers } = request().headers;
      const made = {
        ...request(),
        query: asked,
        headers: { ...headers, ...(header && { authorization: header }) },
      };
      assert.notEqual(presignedOutcome(made), 'good');
    }),
    { numRuns: 1000 },
  );
});

function sign(canonical: string): string {
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${TIME}\n20150830/us-east-1/service/aws4_request\n${digest}`;
  let key: Buffer | string = `AWS4${SECRET}`;
  for (const part of ['20150830', 'us-east-1', 'service', 'aws4_request', text]) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return Buffer.from(key).toString('hex');
}
