import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PlainConnection, type ApiResponse, type PlainRequest } from './plain-connection.ts';

const POST = 'POST /invocation/1/response HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody';
const GET = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = { 'Content-Type': 'application/json', 'Content-Length': 2 };

interface Ground {
  readonly client: Socket;
  /** What the client has got. */
  readonly text: () => string;
  readonly requests: { readonly request: PlainRequest; readonly response: ApiResponse }[];
  /** What was left to others: the bytes that they get to read. */
  readonly left: Promise<string>;
}

async function ground(context: TestContext, takes = (_request: PlainRequest) => true): Promise<Ground> {
  const requests: Ground['requests'] = [];
  const left = Promise.withResolvers<string>();
  const server = createServer((socket) => {
    context.after(() => socket.destroy());
    const handOver = (): void => void socket.once('data', (bytes: Buffer) => left.resolve(bytes.toString()));
    const route = (request: PlainRequest, response: ApiResponse): boolean =>
      takes(request) && requests.push({ request, response }) > 0;
    new PlainConnection(socket, route, handOver);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  context.after(() => {
    client.destroy();
    server.close();
  });
  let text = '';
  client.on('data', (bytes: Buffer) => void (text += bytes.toString('latin1')));
  return { client, text: () => text, requests, left: left.promise };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

function answer(response: ApiResponse | undefined, body = 'ok', more: Record<string, string> = {}): void {
  response?.writeHead(200, { ...more, ...OK, 'Content-Length': body.length });
  response?.end(Buffer.from(body));
}

test('requests are read however they are cut, and answered in order', async (context) => {
  const { client, text, requests } = await ground(context);
  for (let cut = GET.length + 1; cut < GET.length + POST.length; cut += 7) {
    const before = requests.length;
    const all = GET + POST;
    client.write(all.slice(0, GET.length));
    await until(() => requests.length === before + 1);
    answer(requests[before]?.response, 'ev');
    const [first, second] = [all.slice(GET.length, cut), all.slice(cut)];
    // A head is read whole, or by node:http.
    if (!first.includes('\r\n\r\n')) continue;
    client.write(first);
    await nextTurn();
    client.write(second);
    await until(() => requests.length === before + 2);
    answer(requests[before + 1]?.response);
  }
  await until(() => text().endsWith('\r\n\r\nok'));
  const told = requests.map(({ request }) => `${request.method} ${request.path} ${request.body.toString()}`);
  assert.deepEqual(new Set(told), new Set(['GET /next ', 'POST /invocation/1/response body']));
});

test('what comes while a request waits for its answer is read after that, by others when it is more than one', async (context) => {
  const { client, text, requests, left } = await ground(context);
  client.write(GET);
  await until(() => requests.length === 1);
  client.write(POST + GET);
  await nextTurn();
  assert.equal(requests.length, 1);
  answer(requests[0]?.response, 'event');
  assert.equal(await left, POST + GET);
  await until(() => text().endsWith('event'));
});

for (const [what, request] of [
  ['a length that is in doubt', POST.replace('4', '04')],
  ['a body of a GET', GET.replace('Host', 'Content-Length: 1\r\nHost')],
  ['chunks', POST.replace('Content-Length: 4', 'Transfer-Encoding: chunked')],
  ['an answer beyond the limit', POST.replace('4', '999999999')],
  ['two lengths', POST.replace('Host', 'Content-Length: 4\r\nHost')],
  ['a connection that is to end', POST.replace('Host', 'Connection: close\r\nHost')],
  ['a request that nobody takes', POST.replace('/invocation/1/response', '/other')],
] as const) {
  test(`${what} goes to others with all bytes unread`, async (context) => {
    const { client, requests, left } = await ground(context, ({ path }) => path !== '/other');
    client.write(request);
    assert.equal(await left, request);
    assert.equal(requests.length, 0);
  });
}

test('a header holds what it is given in its own line', async (context) => {
  const { client, text, requests } = await ground(context);
  client.write(GET);
  await until(() => requests.length === 1);
  answer(requests[0]?.response, 'ok', { Trace: 'a\r\nOther: b' });
  await until(() => text().endsWith('ok'));
  assert.match(text(), /^HTTP\/1\.1 200 OK\r\nTrace: a\?\?Other: b\r\nContent-Type: /);
});

test('a large answer arrives whole; who has gone is told as gone', async (context) => {
  const { client, text, requests } = await ground(context);
  client.write(GET);
  await until(() => requests.length === 1);
  answer(requests[0]?.response, 'x'.repeat(1_000_000));
  await until(() => text().endsWith(`\r\n\r\n${'x'.repeat(1_000_000)}`));
  client.write(GET);
  await until(() => requests.length === 2);
  const response = requests[1]?.response;
  const gone = new Promise<void>((resolve) => response?.once('close', resolve));
  client.destroy();
  await gone;
  assert.equal(response?.destroyed, true);
});
