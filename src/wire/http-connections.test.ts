import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { ok } from '../base/result.ts';
import { stopped as untilStopped } from '../base/stop-sign.ts';
import type { WatchEvent } from '../watch/event.ts';
import { CallerReader } from './caller.ts';
import type { Answer, Door, WireRequest } from './door.ts';
import { HttpServer } from './http.ts';
import { CutAnswer } from './send-pieces.ts';

const callers = new CallerReader({ account: '000000000000', region: 'us-east-1' });

/** A server whose one door answers what `handle` says. */
async function serve(context: TestContext, handle: (request: WireRequest) => Promise<Answer>) {
  const door: Door = {
    ...{ matches: () => true, bodyLimitBytes: () => 1000, actionOf: () => 'test:Act', handle },
    refuse: (_head, { status, message }) => ({ status, headers: [], body: message }),
  };
  const told: WatchEvent[] = [];
  const server = new HttpServer({
    ...{ doors: [door], clock: new ManualClock(), random: new SeededRandom(1) },
    gate: { identify: (request) => ok(callers.read(request)) },
    tell: (event) => told.push(event),
  });
  const port = await server.listen('127.0.0.1', 0);
  assert.ok(port.ok);
  context.after(() => server[Symbol.asyncDispose]());
  return { server, told, port: port.value };
}

/** One that `node:http` reads, and one for the quick lane. */
const EITHER_LANE = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
];

test('an answer that cannot be ended is cut, which is no trouble of ours', async (context) => {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one');
    await nextTurn();
    throw new CutAnswer('the function ended');
  }
  const { port, told } = await serve(context, async () => ({
    ...{ status: 200, headers: [], body: '', pieces: pieces() },
  }));
  for (const bytes of EITHER_LANE) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).write(bytes);
    let answer = '';
    socket.on('data', (piece) => (answer += String(piece)));
    await once(socket, 'close');
    assert.match(answer, /\r\none\r\n$/);
  }
  assert.deepEqual(told, []);
});

test('a connection taken from elsewhere is served, and stopping waits for its answer', async (context) => {
  const arrived = Promise.withResolvers<void>();
  const { server } = await serve(context, async ({ signal, remoteAddress }) => {
    arrived.resolve();
    await untilStopped(signal);
    return { status: 200, headers: [], body: `to ${remoteAddress}` };
  });
  const elsewhere = createServer({ allowHalfOpen: true }, (socket) => server.adopt(socket));
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
  const at = (elsewhere.address() as AddressInfo).port;
  const socket = connect(at, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await arrived.promise;
  const stopped = server[Symbol.asyncDispose]();
  const answer = (await socket.toArray()).join('');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*to 127\.0\.0\.1$/);
  await stopped;
  const late = connect(at, '127.0.0.1').on('error', () => {});
  await once(late.resume(), 'close');
  elsewhere.close();
});
