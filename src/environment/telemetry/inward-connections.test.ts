import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { InwardConnections } from './inward-connections.ts';

/** Another end of a connection: everything that has been said on it. */
class Forwarder {
  readonly socket: Socket;
  #said = '';
  #look: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString();
      this.#look();
    });
    socket.on('close', () => this.#look());
  }

  /** Resolves when that has been said, as the last; rejects when the connection ends without. */
  said(words: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (this.#said.endsWith(words)) resolve();
        else if (this.socket.closed) reject(new Error(`ended after ${this.#said}`));
      };
      this.#look();
    });
  }
}

/** A forwarder that opens a connection to wait on. */
async function forwarderOf(context: TestContext, inward: InwardConnections): Promise<Forwarder> {
  const server = createServer((socket) => inward.take(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const forwarder = new Forwarder(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  context.after(() => {
    forwarder.socket.destroy();
    server.close();
  });
  return forwarder;
}

const UNLIMITED = new AbortController().signal;
const SWITCHED = 'Upgrade: millrace-inward\r\n\r\n';

test('a forwarder that waits is told the port, and what it says from there on is from inside', async (context) => {
  const inward = new InwardConnections();
  const forwarder = await forwarderOf(context, inward);
  await forwarder.said(SWITCHED);
  const connected = inward.connect(4243, UNLIMITED);
  await forwarder.said('4243\n');
  forwarder.socket.write('\n');
  const socket = await connected;
  const heard = once(socket, 'data');
  forwarder.socket.write('hello');
  assert.equal(String((await heard)[0]), 'hello');
  socket.destroy();
});

test('where nobody listens the forwarder hangs up, and the connection is refused', async (context) => {
  const inward = new InwardConnections();
  const forwarder = await forwarderOf(context, inward);
  const connected = inward.connect(4243, UNLIMITED);
  await forwarder.said('4243\n');
  forwarder.socket.destroy();
  await assert.rejects(connected, /nobody in the environment listens on port 4243/);
});

test('who comes before the forwarder waits for it, and can give up', async (context) => {
  const inward = new InwardConnections();
  const abort = new AbortController();
  const kept = [inward.connect(1, UNLIMITED), inward.connect(2, UNLIMITED)];
  const given = inward.connect(3, abort.signal);
  abort.abort();
  await assert.rejects(given, { name: 'AbortError' });
  const forwarders = [await forwarderOf(context, inward), await forwarderOf(context, inward)];
  for (const [index, forwarder] of forwarders.entries()) {
    await forwarder.said(`${SWITCHED}${index + 1}\n`);
    forwarder.socket.write('\n');
    (await kept[index])?.destroy();
  }
});

test('no more than a few are kept waiting', async (context) => {
  const inward = new InwardConnections();
  for (let n = 0; n < 4; n += 1) await (await forwarderOf(context, inward)).said(SWITCHED);
  await assert.rejects((await forwarderOf(context, inward)).said(SWITCHED), /ended/);
});
