import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { stopped as untilStopped, type StopSign } from '../base/stop-sign.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { ok } from '../base/result.ts';
import type { Answer, Door, WireRequest } from './door.ts';
import { HttpServer } from './http.ts';
import { readQuickRequest } from './quick-request.ts';

const caller = { account: '000000000000', region: 'us-east-1', accessKeyId: '' };

function doorOf(handle: (request: WireRequest) => Promise<Answer>): Door {
  return {
    matches: () => true,
    bodyLimitBytes: () => 1000,
    actionOf: () => 'test:Act',
    handle,
    refuse: (_head, error) => ({ status: error.status, headers: [], body: error.message }),
  };
}

async function serve(
  context: TestContext,
  handle: (request: WireRequest) => Promise<Answer> = async ({ method, body }) => ({
    status: 200,
    headers: [],
    body: `<${method} ${body.toString()}>`,
  }),
) {
  const clock = new ManualClock();
  const parts = { clock, random: new SeededRandom(1), tell: () => {} };
  const server = new HttpServer({ doors: [doorOf(handle)], gate: { identify: () => ok(caller) }, ...parts });
  const port = await server.listen('127.0.0.1', 0);
  assert.ok(port.ok);
  context.after(() => server[Symbol.asyncDispose]());
  return { server, clock, port: port.value };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function post(body: string, more = ''): string {
  return `POST / HTTP/1.1\r\nHost: localhost\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Reads until so many answers have come, and answers their bodies. */
async function bodies(socket: Socket, count: number): Promise<string[]> {
  let text = '';
  const found = () => [...text.matchAll(/<([^>]*)>/g)].map(([, body]) => body ?? '');
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString();
    if (found().length >= count) break;
  }
  return found();
}

const CHUNKED = 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

test('one connection may send plain requests, then any other, and all are answered in order', async (context) => {
  const { port } = await serve(context);
  const socket = await connected(port);
  for (const body of ['a', 'b']) {
    socket.write(post(body));
    assert.deepEqual(await bodies(socket, 1), [`POST ${body}`]);
  }
  for (const [request, answer] of [
    [CHUNKED, 'POST c'],
    [post('d'), 'POST d'],
    [GET, 'GET '],
  ] as const) {
    socket.write(request);
    assert.deepEqual(await bodies(socket, 1), [answer]);
  }
  socket.destroy();
});

test('requests sent without waiting for answers are answered in order, however they are cut', async (context) => {
  const { port } = await serve(context);
  const all = post('1') + post('2') + CHUNKED + GET + post('3');
  const answers = ['POST 1', 'POST 2', 'POST c', 'GET ', 'POST 3'];
  for (const cut of [all.length, post('1').length, 5, 60, 100, 170]) {
    const socket = await connected(port);
    socket.write(all.slice(0, cut));
    await nextTurn();
    socket.write(all.slice(cut));
    assert.deepEqual(await bodies(socket, 5), answers, `cut at ${cut}`);
    socket.destroy();
  }
});

test('what comes while a request is being answered waits for that answer', async (context) => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const seen: string[] = [];
  const { port } = await serve(context, async ({ body }) => {
    seen.push(body.toString());
    await gates[seen.length - 1]?.promise;
    return { status: 200, headers: [], body: `<${body.toString()}>` };
  });
  const socket = await connected(port);
  socket.write(post('1'));
  while (seen.length < 1) await nextTurn();
  socket.write(post('2'));
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  assert.deepEqual(seen, ['1']);
  for (const { resolve } of gates) resolve();
  assert.deepEqual(await bodies(socket, 2), ['1', '2']);
  socket.destroy();
});

test('an answer beyond ASCII and one of bytes arrive whole', async (context) => {
  const { port } = await serve(context, async ({ body }) => ({
    status: 200,
    headers: ['Content-Type', 'text/plain'],
    body: body.toString() === 'text' ? 'Grüße €' : Uint8Array.from([0, 255, 10]),
  }));
  const url = `http://127.0.0.1:${port}`;
  const send = (body: string) => fetch(url, { method: 'POST', body });
  assert.equal(await (await send('text')).text(), 'Grüße €');
  assert.deepEqual(new Uint8Array(await (await send('bytes')).arrayBuffer()), Uint8Array.from([0, 255, 10]));
});

test('a header that would begin a line of its own is answered 500', async (context) => {
  const { port } = await serve(context, async () => ({ status: 200, headers: ['a', 'b\r\nc: d'], body: '' }));
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'x' });
  assert.equal(response.status, 500);
  assert.equal(response.headers.get('c'), null);
});

test('a body above the limit of its door is refused, and the connection goes on', async (context) => {
  const { port } = await serve(context);
  const url = `http://127.0.0.1:${port}`;
  assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(1001) })).status, 413);
  assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(1000) })).status, 200);
});

test('a client that hangs up or closes its half lets its request go', async (context) => {
  const arrivals: StopSign[] = [];
  const { port } = await serve(context, async ({ signal }) => {
    arrivals.push(signal);
    await untilStopped(signal);
    return { status: 200, headers: [], body: '' };
  });
  for (const leave of ['end', 'destroy'] as const) {
    const socket = await connected(port);
    const before = arrivals.length;
    socket.write(post('x'));
    while (arrivals.length === before) await nextTurn();
    socket[leave]();
    const signal = arrivals.at(-1);
    if (signal?.aborted === false) await untilStopped(signal);
  }
});

test('idle connections are closed: those that said nothing first', async (context) => {
  const { port, clock } = await serve(context);
  const silent = await connected(port);
  const used = await connected(port);
  used.write(post('a'));
  await bodies(used, 1);
  while (clock.nextDueMs() === undefined) await nextTurn();
  const silentClosed = once(silent.resume(), 'close');
  clock.advance(20_000);
  await silentClosed;
  assert.equal(used.closed, false);
  const usedClosed = once(used.resume(), 'close');
  for (let step = 0; step < 4; step += 1) clock.advance(20_000);
  await usedClosed;
});

test('stopping closes what is idle, answers what runs and closes that too', async (context) => {
  const arrived = Promise.withResolvers<void>();
  const { port, server } = await serve(context, async ({ signal }) => {
    const aborted = untilStopped(signal);
    arrived.resolve();
    await aborted;
    return { status: 200, headers: [], body: '<let go>' };
  });
  const idle = await connected(port);
  const idleClosed = once(idle.resume(), 'close');
  const running = await connected(port);
  running.write(post('x'));
  await arrived.promise;
  const stopped = server[Symbol.asyncDispose]();
  const answer = (await running.toArray()).join('');
  assert.match(answer, /Connection: close/);
  assert.match(answer, /<let go>/);
  await Promise.all([stopped, idleClosed]);
});

/** Requests that are plain, nearly plain, or spoilt in one place. */
const requests = fc
  .record({
    headers: fc.array(
      fc.tuple(
        fc.constantFrom(
          'X-A',
          'x-b',
          'Host',
          'Content-Length',
          'Connection',
          'Transfer-Encoding',
          'a b',
          'é',
          '',
        ),
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom('0', '3', ' 3 ', 'keep-alive', 'close', 'chunked', '\t'),
        ),
      ),
      { maxLength: 4 },
    ),
    target: fc.constantFrom('/', '/', '/', '/a?b', '/%', '/a b', '*'),
    length: fc.constantFrom('3', '3', '3', '3 ', '2', '4', '03'),
    body: fc.constantFrom('abc', '{1}', '\r\nc', ''),
    end: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r\n '),
    spoil: fc.option(fc.tuple(fc.nat(200), fc.constantFrom('\r', '\n', ':', ' ', '\0', 'x')), { freq: 1 }),
  })
  .map(({ headers, target, length, body, end, spoil }) => {
    const lines = [
      'Host: localhost',
      ...headers.map(([name, value]) => `${name}:${value}`),
      `Content-Length: ${length}`,
    ];
    const text = `POST ${target} HTTP/1.1\r\n${lines.join(end)}\r\n\r\n${body}`;
    if (spoil === null) return text;
    return text.slice(0, spoil[0]) + spoil[1] + text.slice(spoil[0] + 1);
  });

test('whatever the quick lane accepts, node:http reads in the same way', async (context) => {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method, url, headers } = incoming;
      outgoing.end(JSON.stringify([method, url, headers, Buffer.concat(chunks).toString('latin1')]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(requests, async (text) => {
      const bytes = Buffer.from(text, 'latin1');
      const quick = readQuickRequest(bytes);
      if (quick === undefined) return;
      accepted += 1;
      const socket = await connected(port);
      socket.end(bytes);
      const answer = (await socket.toArray()).join('');
      assert.match(answer, /^HTTP\/1\.1 200/, JSON.stringify(text));
      const target = quick.query === '' ? quick.path : `${quick.path}?${quick.query}`;
      const read = ['POST', target, { ...quick.headers }, quick.body.toString('latin1')];
      assert.deepEqual(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)), read);
    }),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 50, `${accepted} were accepted`);
});
