import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import { PeerSockets, socketInodes } from './peer-sockets.ts';
import type { PeerAddress } from './sandbox.ts';

describe('whose the other end of a connection is', () => {
  for (const [listening, calling] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
  ] as const) {
    test(`a caller of ${calling} on ${listening} is found, with its user and its socket`, async (context) => {
      const peer = await connected(context, listening, calling);
      if (peer === undefined) return context.skip('this machine has no IPv6 loopback');
      const socket = await new PeerSockets(new SystemClock()).find(peer);
      assert.equal(socket?.uid, process.getuid?.());
      const mine = await socketInodes([process.pid]);
      assert.ok(mine.has(socket?.inode ?? ''));
    });
  }

  test('a connection that is not there is nobody’s', async (context) => {
    const peer = await connected(context, '127.0.0.1', '127.0.0.1');
    assert.ok(peer !== undefined);
    assert.equal(
      await new PeerSockets(new SystemClock()).find({ ...peer, remoteAddress: '127.9.9.9' }),
      undefined,
    );
  });

  test('a connection made while a reading is under way is found by who asks then', async (context) => {
    const sockets = new PeerSockets(new SystemClock());
    const first = await connected(context, '127.0.0.1', '127.0.0.1');
    assert.ok(first !== undefined);
    const earlier = sockets.find(first);
    const second = await connected(context, '127.0.0.1', '127.0.0.1');
    assert.ok(second !== undefined);
    assert.ok((await sockets.find(second)) !== undefined);
    assert.ok((await earlier) !== undefined);
  });

  test('processes that are gone hold no sockets', async () => {
    assert.equal((await socketInodes([2 ** 30])).size, 0);
  });
});

/** A real connection, as its listening side sees it; undefined where the address family is missing. */
async function connected(
  context: TestContext,
  listening: string,
  calling: string,
): Promise<PeerAddress | undefined> {
  const server = createServer();
  server.listen(0, listening);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (/EADDRNOTAVAIL|EAFNOSUPPORT/.test(String(error))) return undefined;
    throw error;
  }
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, calling);
  const [socket] = await accepted;
  context.after(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
  return { localAddress, localPort, remoteAddress, remotePort };
}
