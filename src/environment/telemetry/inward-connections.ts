import type { Socket } from 'node:net';
import type { ConnectInside } from './connect-inside.ts';

/** The protocol to which the forwarder upgrades a connection on which it waits to be told of a port. */
export const INWARD_PROTOCOL = 'millrace-inward';

/** More than this are not kept waiting. */
const MOST_WAITING = 4;

const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${INWARD_PROTOCOL}\r\n\r\n`;

/**
 * The way into an environment that has a network of its own: its forwarder opens connections to the platform and waits on
 * them. Told a port, it leads that connection there. Whoever else in the environment does this gets what is its own.
 */
export class InwardConnections {
  readonly #waiting = new Set<Socket>();
  /** Called when there may be one more. */
  readonly #wanting = new Set<() => void>();

  /** Takes a connection whose other end waits to be told a port. */
  take(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    // Read from the start, so that its end is seen also while nobody uses it.
    socket.on('end', () => socket.destroy());
    socket.resume();
    if (this.#waiting.size >= MOST_WAITING) return void socket.destroy();
    socket.on('close', () => this.#waiting.delete(socket));
    socket.write(SWITCHED);
    this.#waiting.add(socket);
    for (const look of this.#wanting) look();
  }

  /** Resolves when one may be waiting, or nobody waits for it any more. */
  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        this.#wanting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#wanting.add(look);
      signal.addEventListener('abort', look);
    });
  }

  /** The next one that waits, led to a port; it closes when nobody listens there. */
  readonly connect: ConnectInside = async (port, signal) => {
    for (;;) {
      signal.throwIfAborted();
      const [socket] = this.#waiting;
      if (socket === undefined) {
        await this.#arrival(signal);
        continue;
      }
      this.#waiting.delete(socket);
      socket.write(`${port}\n`);
      // The forwarder says that it has got there, before anything is sent.
      if ((await firstWord(socket)) === '\n') return socket;
      socket.destroy();
      throw new Error(`nobody in the environment listens on port ${port}`);
    }
  };
}

function firstWord(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
    socket.once('close', () => resolve(undefined));
  });
}
