import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that is read in pieces of which the reader says how large they are. */
export class ByteLine {
  readonly #socket: Socket;
  #pieces: Buffer[] = [];
  #bytes = Buffer.alloc(0);
  #heard = Promise.withResolvers<void>();
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#heard.resolve();
    });
    socket.on('error', (error) => (this.#failure = error));
    socket.on('close', () => {
      this.#failure ??= new Error('the connection was closed');
      this.#heard.resolve();
    });
  }

  /** Connects to a port of the loopback address. */
  static async to(port: number): Promise<ByteLine> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new ByteLine(socket);
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next bytes, so many of them. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await this.#more();
    return this.#cut(count);
  }

  /** The next line, without its end (CR LF). */
  async line(): Promise<string> {
    let end = this.#bytes.indexOf('\r\n');
    for (; end < 0; end = this.#bytes.indexOf('\r\n')) await this.#more();
    return this.#cut(end + 2).toString('utf8', 0, end);
  }

  end(): void {
    this.#socket.destroy();
  }

  #cut(count: number): Buffer {
    const bytes = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return bytes;
  }

  async #more(): Promise<void> {
    if (this.#pieces.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      this.#heard = Promise.withResolvers();
      await this.#heard.promise;
    }
    this.#bytes = Buffer.concat([this.#bytes, ...this.#pieces.splice(0)]);
  }
}
