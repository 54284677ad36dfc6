import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { SandboxedTree } from '../../sandbox/sandbox.ts';

/**
 * Opens a connection to a port on which a program of the environment listens; rejects when none does, or when `signal`
 * aborts first.
 */
export type ConnectInside = (port: number, signal: AbortSignal) => Promise<Socket>;

/**
 * The way into an environment that shares the network of the host. What listens there may be anybody's, and an extension
 * names the port: so nothing is sent before it is known that it is the environment's own.
 */
export function throughHost(
  tree: Promise<Pick<SandboxedTree, 'listensAt'>>,
  addresses: readonly string[],
): ConnectInside {
  return async (port, signal) => {
    const own = await tree;
    const host = await own.listensAt(addresses, port);
    if (host === undefined) throw new Error(`nobody in the environment listens on port ${port}`);
    const socket = connect({ host, port, noDelay: true });
    // Whoever takes it listens to errors anew.
    socket.on('error', () => undefined);
    const end = (): unknown => socket.destroy();
    signal.addEventListener('abort', end, { once: true });
    await once(socket, 'connect', { signal });
    signal.removeEventListener('abort', end);
    if ((await own.listensAt([host], port)) === host) return socket;
    socket.destroy();
    throw new Error(`port ${port} has changed hands`);
  };
}
