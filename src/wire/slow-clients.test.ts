import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { doorOf, serve } from './fixture/served.ts';

test('a client that does not read its answer is cut off', async (context) => {
  const door = doorOf(async () => ({ status: 200, headers: [], body: Buffer.alloc(64 * 1024 * 1024) }));
  const { port, clock } = await serve(context, { door });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (clock.nextDueMs() !== clock.nowMs() + 60_000) await nextTurn();
  clock.advance(60_000);
  socket.resume();
  await once(socket, 'close');
  assert.ok(socket.bytesRead < 64 * 1024 * 1024);
});

test('a client that hangs up in the middle of its body leaves nothing behind', async (context) => {
  const { port, url } = await serve(context, { limits: { bodiesSizeBytes: 10 } });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf');
  socket.end();
  socket.resume();
  await once(socket, 'close');
  assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(10) })).status, 200);
});

test('a body that comes slower than fifty bytes a millisecond is not waited for, and gives its room back', async (context) => {
  const { port, url, clock } = await serve(context, { limits: { bodiesSizeBytes: 1000 } });
  for (const length of ['Content-Length: 900', 'Transfer-Encoding: chunked']) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n${'2bc\r\n'}${'x'.repeat(700)}`);
    while (
      clock.nextDueMs() === undefined ||
      (await fetch(url, { method: 'POST', body: 'x'.repeat(900) })).status !== 503
    )
      await nextTurn();
    clock.advance(20_020);
    socket.resume();
    await once(socket, 'close');
    assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(900) })).status, 200);
  }
});

test('a client that is slow with its headers or its body is cut off, and nobody else', async (context) => {
  const { port, url } = await serve(context, { limits: { headersMs: 20, requestMs: 40 } });
  const head = 'POST / HTTP/1.1\r\nHost: localhost\r\n';
  for (const beginning of ['POST', head, `${head}Content-Length: 10\r\n\r\nhalf`]) {
    const socket = connect(port, '127.0.0.1');
    socket.write(beginning);
    assert.match(await untilClosed(socket), /^(HTTP\/1\.1 408|$)/);
  }
  assert.equal((await fetch(url)).status, 200);
});

test('connections beyond the bound are told so and closed, and those within it go on', async (context) => {
  const { port } = await serve(context, { limits: { connections: 1 } });
  const first = connect(port, '127.0.0.1');
  await once(first, 'connect');
  const second = connect(port, '127.0.0.1');
  second.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n');
  assert.match(await untilClosed(second), /^HTTP\/1\.1 503 .*\r\nConnection: close\r\n.*"message"/s);
  first.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  assert.match((await first.toArray()).join(''), /^HTTP\/1\.1 200/);
  const third = connect(port, '127.0.0.1');
  third.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  assert.match((await third.toArray()).join(''), /^HTTP\/1\.1 200/);
});

test('a client that never hears that there is no room for it is cut off', async (context) => {
  const { port, clock } = await serve(context, { limits: { connections: 0 } });
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket.resume(), 'end');
  while (clock.nextDueMs() === undefined) await nextTurn();
  clock.advance(1000);
  // Only a reset tells a client that keeps its half open: its own bytes bring it.
  while (!socket.closed) {
    socket.write('x');
    await nextTurn();
  }
});

/** What the server said before it cut the connection; a reset may swallow it. */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
