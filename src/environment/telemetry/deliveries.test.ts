import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { throughHost, type ConnectInside } from './connect-inside.ts';
import { HttpDelivery } from './http-delivery.ts';
import { TcpDelivery } from './tcp-delivery.ts';
import type { Batch } from './waiting-records.ts';

const BATCH: Batch = { records: ['{"n":1}', '{"n":2}'], sizeBytes: 14 };
const PLACE = { protocol: 'HTTP', path: '/here?x=1', method: 'POST' } as const;

const toHere: ConnectInside = async (port) => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

async function listening(context: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

function httpTo(port: number): HttpDelivery {
  return new HttpDelivery({ ...PLACE, port }, toHere);
}

/** A listener that does with each connection what a test wants. */
function raw(context: TestContext, serve: (socket: Socket) => void): Promise<number> {
  return listening(
    context,
    createServer((socket) => {
      socket.on('error', () => undefined);
      serve(socket);
    }),
  );
}

test('a batch is posted as a JSON list, again and again on one connection', async (context) => {
  const seen: { request: IncomingMessage; body: string }[] = [];
  let connections = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push({ request, body: await text(request) });
    response.end('fine');
  };
  const server = createHttpServer((request, response) => void serve(request, response));
  server.on('connection', () => (connections += 1));
  const port = await listening(context, server);
  const delivery = httpTo(port);
  context.after(() => delivery.abort());
  for (let round = 0; round < 3; round += 1) {
    assert.equal(await delivery.send(BATCH), true);
    // The end of the answer is read.
    await new Promise(setImmediate);
  }
  const [first] = seen;
  assert.deepEqual(
    [first?.request.method, first?.request.url, first?.body],
    ['POST', '/here?x=1', '[{"n":1},{"n":2}]'],
  );
  assert.equal(first?.request.headers['content-type'], 'application/json');
  assert.equal(first?.request.headers.host, `sandbox.localdomain:${port}`);
  assert.equal(connections, 1);
});

test('a kept connection that its listener has closed is replaced, and nothing is lost', async (context) => {
  const bodies: string[] = [];
  const port = await raw(context, (socket) => {
    socket.once('data', (chunk: Buffer) => {
      bodies.push(chunk.toString().split('\r\n\r\n')[1] ?? '');
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      // Hangs up with the next request.
      socket.once('data', () => socket.destroy());
    });
  });
  const delivery = httpTo(port);
  context.after(() => delivery.abort());
  assert.equal(await delivery.send(BATCH), true);
  await new Promise(setImmediate);
  assert.equal(await delivery.send({ records: ['{"n":3}'], sizeBytes: 7 }), true);
  assert.deepEqual(bodies, ['[{"n":1},{"n":2}]', '[{"n":3}]']);
});

const REFUSING: Readonly<Record<string, string>> = {
  'a redirect, which is not followed':
    'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
  'an error': 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n',
  'something that is no HTTP': 'HELLO\r\n\r\n',
  'headers without end': `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}`,
  'another protocol': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
};
for (const [what, answer] of Object.entries(REFUSING)) {
  test(`a listener that answers with ${what} has taken nothing`, async (context) => {
    const port = await raw(context, (socket) => void socket.once('data', () => socket.write(answer)));
    const delivery = httpTo(port);
    context.after(() => delivery.abort());
    assert.equal(await delivery.send(BATCH), false);
  });
}

test('answers without end are cut, and never more than one connection is held', async (context) => {
  const open = new Set<Socket>();
  const port = await raw(context, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.once('data', () =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'),
    );
  });
  const delivery = httpTo(port);
  for (let round = 0; round < 5; round += 1) assert.equal(await delivery.send(BATCH), true);
  while (open.size > 1) await new Promise(setImmediate);
  delivery.abort();
  while (open.size > 0) await new Promise(setImmediate);
  const flood = await raw(context, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = (): void => void (!socket.destroyed && socket.write('x'.repeat(65_536), pour));
      pour();
    });
  });
  assert.equal(await httpTo(flood).send(BATCH), true);
  while (open.size > 0) await new Promise(setImmediate);
});

test('one that is given up while nobody answers can be used again', async (context) => {
  let mayAnswer = false;
  const port = await raw(context, (socket) => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    socket.once('data', () => mayAnswer && socket.write(answer));
  });
  const delivery = httpTo(port);
  context.after(() => delivery.abort());
  const first = delivery.send(BATCH);
  await new Promise(setImmediate);
  delivery.abort();
  assert.equal(await first, false);
  mayAnswer = true;
  assert.equal(await delivery.send(BATCH), true);
});

test('where nobody listens nothing is delivered', async (context) => {
  const server = createServer();
  const port = await listening(context, server);
  server.close();
  await once(server, 'close');
  assert.equal(await httpTo(port).send(BATCH), false);
  assert.equal(await new TcpDelivery(port, toHere).send(BATCH), false);
});

test('by TCP each record is a line, on one connection', async (context) => {
  let received = '';
  const enough = Promise.withResolvers<void>();
  const port = await raw(context, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if (received.split('\n').length === 5) enough.resolve();
    });
  });
  const delivery = new TcpDelivery(port, toHere);
  context.after(() => delivery.abort());
  assert.equal(await delivery.send(BATCH), true);
  assert.equal(await delivery.send(BATCH), true);
  await enough.promise;
  assert.equal(received, '{"n":1}\n{"n":2}\n{"n":1}\n{"n":2}\n');
});

test('a way inside that leads nowhere is given up with what was to go there', async () => {
  let hasEnded = false;
  const never: ConnectInside = (_port, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        hasEnded = true;
        reject(new Error('given up'));
      });
    });
  for (const delivery of [new HttpDelivery({ ...PLACE, port: 1 }, never), new TcpDelivery(1, never)]) {
    hasEnded = false;
    const sent = delivery.send(BATCH);
    delivery.abort();
    assert.equal(await sent, false);
    assert.equal(hasEnded, true);
  }
});

test('nothing is sent to a port that is somebody else’s, or changes hands on the way', async (context) => {
  let received = 0;
  const port = await raw(context, (socket) => void socket.on('data', () => (received += 1)));
  const foreign = throughHost(Promise.resolve({ listensAt: async () => undefined }), ['127.0.0.1']);
  assert.equal(await new HttpDelivery({ ...PLACE, port }, foreign).send(BATCH), false);
  let looks = 0;
  const fleeting = throughHost(
    Promise.resolve({ listensAt: async () => ((looks += 1) === 1 ? '127.0.0.1' : undefined) }),
    ['127.0.0.1'],
  );
  assert.equal(await new TcpDelivery(port, fleeting).send(BATCH), false);
  assert.deepEqual([received, looks], [0, 2]);
});
