import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What is done to the connections that pass. */
export interface DatabaseMischief {
  /** Transactions are committed, and whoever asked for it never learns: the connection breaks before the answer. */
  loseCommits: boolean;
}

const COMMIT = Buffer.from('commit\0');

/** Stands between everybody and the database, and can cut all connections at any byte. */
export class DatabaseProxy implements AsyncDisposable {
  readonly mischief: DatabaseMischief = { loseCommits: false };
  readonly #port: () => number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(databasePort: () => number) {
    this.#port = databasePort;
    this.#server = createServer((client) => this.#pass(client));
  }

  /** Starts one on any free port; the database may change its own with each start. */
  static async start(databasePort: () => number): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(databasePort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection that is open, in the middle of whatever it carries. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close').catch(() => undefined);
  }

  #pass(client: Socket): void {
    const database = connect(this.#port(), '127.0.0.1');
    client.on('data', (part: Buffer) => {
      if (!this.mischief.loseCommits || !part.includes(COMMIT)) return;
      database.prependOnceListener('data', () => client.destroy());
    });
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
