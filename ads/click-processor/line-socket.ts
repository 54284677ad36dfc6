import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Where the driver wants to connect. */
export interface Destination {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** A socket file, if it is one. */
  readonly path?: string | false | undefined;
}

/**
 * One connection to a server, opened once: the driver would open another when it is lost, and send on it what was meant
 * for the first.
 */
export class LineSocket {
  readonly #patienceMs: number;
  #socket: Socket | undefined;
  #isOver = false;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Connects. Rejects with the system's error, when it takes too long, and always from the second time on. */
  async open({ host, port, path }: Destination): Promise<Socket> {
    if (this.#isOver || this.#socket !== undefined)
      throw coded('CONNECTION_CLOSED', 'This connection is not opened again.');
    const [name = '127.0.0.1'] = host;
    const socket = typeof path === 'string' ? connect(path) : connect(port[0] ?? 5432, name);
    this.#socket = socket;
    const tooLate = coded('CONNECT_TIMEOUT', 'The database cannot be reached.');
    const timer = setTimeout(() => socket.destroy(tooLate), this.#patienceMs);
    try {
      await once(socket, 'connect');
    } finally {
      clearTimeout(timer);
    }
    // The driver looks at it for the name that a certificate must have.
    return Object.assign(socket, { host: name });
  }

  /** Ends it at once, whoever waits for it. */
  destroy(): void {
    this.#isOver = true;
    this.#socket?.destroy();
  }
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
