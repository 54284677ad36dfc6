import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is done to the requests that pass. */
export interface BrokerMischief {
  /** The request arrives, its answer does not. */
  loseAnswers: boolean;
  /** Every request arrives twice. */
  duplicate: boolean;
  /** Requests wait up to so long, each its own time: they overtake each other. */
  delayMs: number;
}

/** Stands between ad servers or consumer and the broker, and does what networks do. */
export class BrokerProxy implements AsyncDisposable {
  readonly mischief: BrokerMischief = { loseAnswers: false, duplicate: false, delayMs: 0 };
  readonly #port: number;
  readonly #server: Server;
  #passed = 0;

  private constructor(brokerPort: number) {
    this.#port = brokerPort;
    this.#server = createServer((incoming, response) => void this.#pass(incoming, response));
  }

  /** Starts one on any free port, before the broker at `brokerPort`. */
  static async start(brokerPort: number): Promise<BrokerProxy> {
    const proxy = new BrokerProxy(brokerPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection that is open. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close').catch(() => undefined);
  }

  /** Never rejects: whatever goes wrong is a connection that breaks. */
  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await buffer(incoming);
      this.#passed += 1;
      const { duplicate, delayMs } = this.mischief;
      if (delayMs > 0) await sleep((this.#passed * 7919) % delayMs);
      if (duplicate) await this.#forward(incoming, body).catch(() => undefined);
      const answer = await this.#forward(incoming, body);
      if (this.mischief.loseAnswers) return void incoming.socket.destroy();
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      incoming.socket.destroy();
    }
  }

  async #forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method, url, headers } = incoming;
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#port,
      method,
      path: url,
      headers,
      agent: false,
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
