import { connect, type Socket } from 'node:net';

/** One request to SQS after the other on one connection. */
export class HttpLine {
  readonly #socket: Socket;
  readonly #host: string;
  #chunks: Buffer[] = [];
  #missing = -1;
  #answered = Promise.withResolvers<string>();

  constructor(endpoint: string) {
    const { hostname, port, host } = new URL(endpoint);
    this.#host = host;
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (error) => this.#answered.reject(error));
    this.#socket.on('data', (chunk: Buffer) => this.#hear(chunk));
  }

  /** The body of the answer; rejects what is not wholly a success. */
  ask(action: string, input: object): Promise<string> {
    const body = JSON.stringify(input);
    this.#answered = Promise.withResolvers();
    this.#socket.write(
      `POST / HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/x-amz-json-1.0\r\n` +
        `X-Amz-Target: AmazonSQS.${action}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return this.#answered.promise;
  }

  end(): void {
    this.#socket.end();
  }

  #hear(chunk: Buffer): void {
    this.#chunks.push(chunk);
    if (this.#missing < 0) this.#readHead();
    else this.#missing -= chunk.length;
    if (this.#missing !== 0) return;
    const answer = Buffer.concat(this.#chunks).toString();
    this.#chunks = [];
    this.#missing = -1;
    if (answer.startsWith('HTTP/1.1 200') && !answer.includes('"Failed"')) this.#answered.resolve(answer);
    else this.#answered.reject(new Error(answer));
  }

  #readHead(): void {
    const soFar = Buffer.concat(this.#chunks);
    this.#chunks = [soFar];
    const headEnd = soFar.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(soFar.toString('latin1', 0, headEnd))?.[1] ?? 0);
    this.#missing = headEnd + 4 + length - soFar.length;
  }
}
