import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { madeCa, madeCertificate } from '../../test/certificates/certificate.ts';
import { SystemClock } from '../base/clock.ts';
import { SeededRandom } from '../base/random.ts';
import { ok } from '../base/result.ts';
import { originOf, type Door } from './door.ts';
import type { HttpLimits } from './http-limits.ts';
import { HttpServer } from './http.ts';
import { TlsIdentity, type TlsMaterial } from './tls.ts';

const nowMs = new SystemClock().nowMs();
const ca = madeCa(nowMs);
const caller = { account: '000000000000', region: 'us-east-1', accessKeyId: '' };

function material(name: string): TlsMaterial {
  const { cert, key } = madeCertificate(ca, {
    name,
    beginsAtMs: nowMs - 60_000,
    endsAtMs: nowMs + 3_600_000,
  });
  return { cert, key, endsAtMs: 0, names: [] };
}

const echo: Door = {
  matches: () => true,
  bodyLimitBytes: () => 1_000_000,
  actionOf: () => 'test:Act',
  handle: async (asked) => ({
    status: 200,
    headers: [],
    body: `${originOf(asked)} ${asked.method} ${asked.body.length}`,
  }),
  refuse: (_head, error) => ({ status: error.status, headers: [], body: error.message }),
};

async function serve(context: TestContext, limits: Partial<HttpLimits> = {}) {
  const tls = new TlsIdentity(material('first'));
  const peers: (string | number | undefined)[] = [];
  const server = new HttpServer({
    doors: [echo],
    gate: {
      identify: () => ok(caller),
      isSandboxed: async (peer) => peers.push(peer.remoteAddress) < 0,
    },
    clock: new SystemClock(),
    random: new SeededRandom(1),
    tell: (event) => context.diagnostic(JSON.stringify(event)),
    ...{ tls, limits },
  });
  const port = await server.listen('127.0.0.1', 0);
  assert.ok(port.ok);
  context.after(() => server[Symbol.asyncDispose]());
  return { tls, peers, port: port.value };
}

async function open(port: number, options: object = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca: ca.cert, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

const POST = 'POST / HTTP/1.1\r\nHost: here:1\r\nContent-Length: 2\r\n\r\nhi';
const GET = 'GET / HTTP/1.1\r\nHost: here:1\r\n\r\n';

async function answerTo(socket: TLSSocket, asked: string): Promise<string> {
  socket.write(asked);
  return String((await once(socket, 'data'))[0]);
}

test('both lanes speak TLS on one connection, know it, and hand over within it', async (context) => {
  const { port, peers } = await serve(context);
  const socket = await open(port);
  assert.match(await answerTo(socket, POST), /^HTTP\/1\.1 200 .*https:\/\/here:1 POST 2$/s);
  assert.match(await answerTo(socket, GET), /^HTTP\/1\.1 200 .*https:\/\/here:1 GET 0$/s);
  assert.match(await answerTo(socket, POST), /^HTTP\/1\.1 200 .*https:\/\/here:1 POST 2$/s);
  assert.deepEqual(peers, ['127.0.0.1']);
  socket.destroy();
});

test('a long body comes whole', async (context) => {
  const { port } = await serve(context);
  const asking = request({ host: '127.0.0.1', port, ca: ca.cert, method: 'POST', agent: false });
  asking.end(Buffer.alloc(900_000));
  const [answer] = await once(asking, 'response');
  assert.match(await text(answer), / POST 900000$/);
});

test('what is no TLS, or an older one, ends its own connection only', async (context) => {
  const { port } = await serve(context);
  const plain = connectPlain(port, '127.0.0.1').on('error', () => {});
  plain.write(GET);
  assert.doesNotMatch(await text(plain).catch(() => ''), /HTTP/);
  await assert.rejects(open(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }));
  const socket = await open(port);
  assert.match(await answerTo(socket, GET), /^HTTP\/1\.1 200/);
  socket.destroy();
});

test('a client that never says which keys it has is cut off', async (context) => {
  const { port } = await serve(context, { headersMs: 30 });
  const silent = connectPlain(port, '127.0.0.1').on('error', () => {});
  silent.resume();
  await once(silent, 'close');
});

test('connections beyond the bound are told so in TLS', async (context) => {
  const { port } = await serve(context, { connections: 1 });
  const first = await open(port);
  const second = await open(port);
  assert.match(await answerTo(second, POST), /^HTTP\/1\.1 503 /);
  assert.match(await answerTo(first, POST), /^HTTP\/1\.1 200 /);
  first.destroy();
});

test('a renewed certificate is shown to new connections, and the old ones go on', async (context) => {
  const { port, tls } = await serve(context);
  const before = await open(port);
  tls.renew(material('second'));
  const after = await open(port);
  const names = [before, after].map((socket) => socket.getPeerCertificate().subject.CN);
  assert.deepEqual(names, ['first', 'second']);
  assert.match(await answerTo(before, POST), /^HTTP\/1\.1 200 /);
  for (const socket of [before, after]) socket.destroy();
});
