import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { stopped as untilStopped, type StopSign } from '../base/stop-sign.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { DiskFullError } from '../store/disk-full.ts';
import type { Gate } from './gate.ts';
import { HttpServer } from './http.ts';

import { doorOf, openGate, serve } from './fixture/served.ts';

test('a request reaches its door and the answer carries id and length', async (context) => {
  const { url } = await serve(context);
  const response = await fetch(`${url}/a/b?c=d`, { method: 'POST', body: 'hello' });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-length'), '19');
  assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(await response.text(), 'POST /a/b c=d hello');
});

test('what no door reads is answered as AWS answers it', async (context) => {
  const { url } = await serve(context);
  const response = await fetch(`${url}/nowhere`);
  assert.equal(response.status, 404);
  assert.equal(await response.text(), '<UnknownOperationException/>');
});

test('a body above the limit is refused in the form of the door, declared or not', async (context) => {
  const { url } = await serve(context);
  const body = 'x'.repeat(1001);
  const declared = await fetch(url, { method: 'POST', body });
  assert.equal(declared.status, 413);
  const stream = new Blob([body]).stream();
  const chunked = await fetch(url, { method: 'POST', body: stream, duplex: 'half' });
  assert.equal(chunked.status, 413);
  assert.equal(chunked.headers.get('x-kind'), 'RequestEntityTooLargeException');
});

test('bodies beyond the memory for all of them are refused with 503, and the memory comes back', async (context) => {
  const { url } = await serve(context, { limits: { bodiesSizeBytes: 10 } });
  const post = (body: string) => fetch(url, { method: 'POST', body });
  assert.equal((await post('x'.repeat(11))).status, 503);
  assert.equal((await post('x'.repeat(10))).status, 200);
  assert.equal((await post('x'.repeat(10))).status, 200);
});

test('a door that throws is told as trouble and answered 500', async (context) => {
  const { url, told } = await serve(context, { door: doorOf(() => Promise.reject(new Error('bug'))) });
  const response = await fetch(url);
  assert.equal(response.status, 500);
  assert.equal(response.headers.get('x-kind'), 'InternalFailure');
  assert.match(JSON.stringify(told), /"where":"http".*bug/);
});

test('a door that finds the disk full is answered 503, and that is no trouble', async (context) => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  for (const error of [full, new DiskFullError('a record was not written')]) {
    const { url, told } = await serve(context, { door: doorOf(() => Promise.reject(error)) });
    const response = await fetch(url);
    assert.deepEqual([response.status, response.headers.get('x-kind')], [503, 'ServiceUnavailable']);
    assert.deepEqual(told, []);
  }
});

test('an answer that cannot be written is answered 500, and the server goes on', async (context) => {
  const answer = { status: 200, headers: ['x-name', 'line\nbreak'], body: '' };
  const { url, told } = await serve(context, { door: doorOf(() => Promise.resolve(answer)) });
  assert.equal((await fetch(url)).status, 500);
  assert.equal((await fetch(url)).status, 500);
  assert.equal(told.length, 2);
});

test('the signal of a request aborts when its client hangs up', async (context) => {
  const arrived = Promise.withResolvers<StopSign>();
  const door = doorOf(async (request) => {
    arrived.resolve(request.signal);
    await untilStopped(request.signal);
    return { status: 200, headers: [], body: '' };
  });
  const { url } = await serve(context, { door });
  const client = new AbortController();
  const answer = fetch(url, { signal: client.signal });
  const signal = await arrived.promise;
  const aborted = untilStopped(signal);
  client.abort();
  await assert.rejects(answer);
  await aborted;
});

test('stopping lets waiting requests go, answers them and closes', async (context) => {
  const arrived = Promise.withResolvers<void>();
  const door = doorOf(async (request) => {
    const aborted = untilStopped(request.signal);
    arrived.resolve();
    await aborted;
    return { status: 200, headers: [], body: 'let go' };
  });
  const { server, url } = await serve(context, { door });
  const answer = fetch(url);
  await arrived.promise;
  const stopped = server[Symbol.asyncDispose]();
  assert.equal(await (await answer).text(), 'let go');
  await stopped;
  await assert.rejects(fetch(url));
});

test('what does not end within the drain time is cut off', async (context) => {
  const arrived = Promise.withResolvers<void>();
  const door = doorOf(() => {
    arrived.resolve();
    return new Promise(() => {});
  });
  const { server, clock, url } = await serve(context, { door });
  const answer = fetch(url);
  await arrived.promise;
  const stopped = server[Symbol.asyncDispose]();
  clock.advance(10_000);
  await stopped;
  await assert.rejects(answer);
});

test('a taken port is a failure with a sentence', async (context) => {
  const { port } = await serve(context);
  const { server } = await serve(context);
  await server[Symbol.asyncDispose]();
  const other = new HttpServer({
    doors: [],
    gate: openGate,
    clock: new ManualClock(),
    random: new SeededRandom(1),
    tell: () => {},
  });
  const result = await other.listen('127.0.0.1', port);
  assert.ok(!result.ok);
  assert.equal(result.failure.kind, 'port-taken');
  assert.match(result.failure.what, /--port/);
});

test('a connection from inside a sandbox gets 403 for each request, and is asked about once', async (context) => {
  let asked = 0;
  const gate: Gate = {
    ...openGate,
    isSandboxed: (peer) => {
      asked++;
      return Promise.resolve(peer.remoteAddress === '127.0.0.1');
    },
  };
  const { port } = await serve(context, { gate });
  const socket = connect(port, '127.0.0.1');
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
  socket.end(`${request}\r\n${request}Connection: close\r\n\r\n`);
  const answers = (await socket.toArray()).join('');
  assert.equal(answers.split('HTTP/1.1 403').length, 3, answers);
  assert.match(answers, /AWS_ENDPOINT_URL/);
  assert.equal(asked, 1);
});

test('a connection from inside a sandbox meets the doors and the gate that are for sandboxes', async (context) => {
  const inside = doorOf(async () => ({ status: 200, headers: [], body: 'inside' }));
  const gate = { ...openGate, isSandboxed: () => Promise.resolve(true) };
  const refusing: Gate = { ...openGate, forbids: () => ({ kind: 'web-page', why: 'not this' }) };
  const { url } = await serve(context, { gate, forSandboxes: { doors: [inside], gate: openGate } });
  assert.equal(await (await fetch(url)).text(), 'inside');
  const strict = await serve(context, { gate, forSandboxes: { doors: [inside], gate: refusing } });
  assert.equal((await fetch(strict.url)).status, 403);
});

test('bytes that are no HTTP end their own connection only', async (context) => {
  const { port, url } = await serve(context);
  const socket = connect(port, '127.0.0.1');
  socket.end('\u0000\u0001 nonsense\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  assert.equal((await fetch(url)).status, 200);
});

/** One that `node:http` reads, and one for the quick lane. */
const EITHER_LANE = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
];

test('an answer in pieces is one body, and the connection goes on', async (context) => {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one ');
    await nextTurn();
    yield Buffer.from('two');
  }
  const door = doorOf(async () => ({ status: 200, headers: [], body: '', pieces: pieces() }));
  const { port } = await serve(context, { door });
  for (const request of EITHER_LANE) {
    const socket = connect(port, '127.0.0.1');
    let answers = '';
    socket.on('data', (bytes: Buffer) => (answers += bytes.toString()));
    socket.write(request);
    while (!answers.endsWith('0\r\n\r\n')) await once(socket, 'data');
    socket.write(request);
    const first = answers.length;
    while (answers.length === first || !answers.endsWith('0\r\n\r\n')) await once(socket, 'data');
    assert.equal(answers.split('4\r\none \r\n3\r\ntwo\r\n0\r\n').length, 3, answers);
    socket.destroy();
  }
});

test('an answer in pieces is made no faster than it is read, and not at all for who does not read', async (context) => {
  let ended = Promise.withResolvers<void>();
  let made = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (; ; made += 1) yield Buffer.alloc(1_000_000);
    } finally {
      ended.resolve();
    }
  }
  const door = doorOf(async () => ({ status: 200, headers: [], body: '', pieces: pieces() }));
  for (const request of EITHER_LANE) {
    ended = Promise.withResolvers();
    made = 0;
    const { port, clock } = await serve(context, { door });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(request);
    for (let seen = -1; made === 0 || seen !== made; await nextTurn()) seen = made;
    clock.advance(60_000);
    await ended.promise;
    assert.ok(made < 100, `${made} pieces for somebody who reads none`);
    socket.destroy();
  }
});
