import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { headerOf, UrlCaller } from './fixture/url-caller.ts';

let caller: UrlCaller;
let host: string;
before(async () => {
  caller = await UrlCaller.open();
  host = await caller.give();
});

const text = (body: string | Uint8Array): string => Buffer.from(body).toString();

test('an answer in format 2.0 says status, headers, cookies and body', async () => {
  const answer = await caller.answered(host, {
    ...{ statusCode: 201, body: 'héllo', cookies: ['a=1; Path=/', 'b=2'] },
    headers: { 'X-One': 'a', 'x-number': 5, 'x-true': true, 'x-null': null, 'content-type': 'text/plain' },
  });
  assert.equal(answer.status, 201);
  assert.equal(text(answer.body), 'héllo');
  assert.equal(headerOf(answer, 'set-cookie'), 'a=1; Path=/, b=2');
  assert.equal(headerOf(answer, 'content-type'), 'text/plain');
  assert.deepEqual(
    ['x-one', 'x-number', 'x-true', 'x-null'].map((name) => headerOf(answer, name)),
    ['a', '5', 'true', undefined],
  );
});

test('a body in base64 is sent as its bytes; one that is not there is empty', async () => {
  const answer = await caller.answered(host, { statusCode: '200', body: '/wA=', isBase64Encoded: true });
  assert.deepEqual(Buffer.from(answer.body), Buffer.from([0xff, 0]));
  assert.equal(headerOf(answer, 'content-type'), 'application/json');
  assert.equal(text((await caller.answered(host, { statusCode: 404 })).body), '');
});

test('JSON without a status is the body itself', async () => {
  for (const json of ['{"message":"hi"}', '"hi"', 'null', '5', '[{"statusCode":500}]', ' {}']) {
    const answer = await caller.answered(host, json);
    assert.deepEqual([answer.status, text(answer.body)], [200, json]);
    assert.equal(headerOf(answer, 'content-type'), 'application/json');
  }
});

test('what is no answer is 502, and nothing of it is sent', async () => {
  for (const bad of [
    ...['no JSON', '', '{"statusCode":200', '{"statusCode":null,"headers":5}'],
    ...[0, 99, 100, 101, 199, 600, 1e9, -200, 200.5, '2e2', ' 200', true, {}, []].map((statusCode) => ({
      statusCode,
    })),
    ...['x\r\nSet-Cookie: evil=1', 'x\n', '\u0000', '\u007f', 'é'].map((value) => ({
      ...{ statusCode: 200, headers: { 'x-a': value } },
    })),
    ...['', 'a b', 'a:b', 'a\r\nb', 'é'].map((name) => ({ statusCode: 200, headers: { [name]: 'x' } })),
    { statusCode: 200, cookies: ['a=1\r\nx: y'] },
    ...[
      { cookies: 'a=1' },
      { cookies: [1] },
      { headers: [] },
      { headers: { a: {} } },
      { body: {} },
      { body: 5 },
    ].map((members) => ({ statusCode: 200, ...members })),
    { statusCode: 200, headers: { 'x-huge': 'x'.repeat(70_000) } },
  ]) {
    const answer = await caller.answered(host, bad);
    assert.deepEqual(
      [answer.status, text(answer.body)],
      [502, '{"Message":"Internal Server Error"}'],
      JSON.stringify(bad).slice(0, 100),
    );
    assert.equal(headerOf(answer, 'set-cookie'), undefined);
  }
});

test('a function does not decide what concerns the connection', async () => {
  const headers = {
    ...{ Connection: 'close', 'Transfer-Encoding': 'chunked', 'content-length': '5', Date: 'never' },
    ...{ 'X-Amzn-RequestId': 'mine', upgrade: 'h2c', Trailer: 'x', 'X-Kept': '1', 'x-kept': '2' },
  };
  const answer = await caller.answered(host, { statusCode: 200, headers, body: 'x' });
  assert.deepEqual(answer.headers, ['x-kept', '2', 'Content-Type', 'application/json']);
});

test('an answer that has no body by its status has none', async () => {
  for (const statusCode of [204, 205, 304]) {
    const answer = await caller.answered(host, { statusCode, body: 'x' });
    assert.deepEqual([answer.status, text(answer.body), answer.headers], [statusCode, '', []]);
  }
});

test('an answer made for a stream is understood where answers are whole', async () => {
  const prelude = '{"statusCode":203,"headers":{"x-a":"b"},"cookies":["c=1"]}';
  const answer = await caller.answered(host, `${prelude}${'\0'.repeat(8)}\0body`);
  assert.deepEqual([answer.status, text(answer.body)], [203, '\0body']);
  assert.deepEqual(answer.headers, [
    ...['x-a', 'b', 'Content-Type', 'application/octet-stream', 'Set-Cookie', 'c=1'],
  ]);
  const bad = await caller.answered(host, `{"statusCode":99}${'\0'.repeat(8)}body`);
  assert.equal(bad.status, 502);
});

test('whatever goes wrong inside is 502', async () => {
  const payload = Buffer.from('{"errorType":"Secret"}');
  for (const end of [
    { kind: 'function-error', payload, errorType: 'Secret', errorMessage: '' },
    { kind: 'init-error', payload, errorType: 'Secret', errorMessage: '' },
    { kind: 'timed-out', payload },
    { kind: 'too-large', payload },
    { kind: 'exited', during: 'invoke', payload, outOfMemory: false },
  ] as const) {
    const before = caller.invoker.started;
    const asking = caller.ask('GET', '/', { headers: { host } });
    await caller.invoker.reached(before + 1);
    caller.invoker.first.end(end);
    const answer = await asking;
    assert.deepEqual(
      [answer.status, text(answer.body)],
      [502, '{"Message":"Internal Server Error"}'],
      end.kind,
    );
  }
});
