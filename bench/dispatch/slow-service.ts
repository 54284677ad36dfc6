import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What is behind a function, and can do so many things at once; each takes as many milliseconds as the body of its request says. */
export class SlowService implements Disposable {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #places: number;
  /** What it does with more than that: refuse (429), or let it wait. */
  readonly #refuses: boolean;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #calls = 0;
  #refused = 0;
  #tookMs: number[] = [];

  private constructor(server: Server, places: number, refuses: boolean) {
    this.#server = server;
    this.#places = places;
    this.#refuses = refuses;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Listens on a free port of the loopback address. */
  static async listen(places: number, refuses: boolean): Promise<SlowService> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const service = new SlowService(server, places, refuses);
    server.on('request', (request, response) => {
      void text(request).then((body) => service.#called(Number(body), response));
    });
    return service;
  }

  /** Since the last time: how many calls came, how many it refused, and how long it took to answer each of the others. */
  take(): { readonly calls: number; readonly refused: number; readonly tookMs: readonly number[] } {
    const taken = { calls: this.#calls, refused: this.#refused, tookMs: this.#tookMs };
    [this.#calls, this.#refused, this.#tookMs] = [0, 0, []];
    return taken;
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #called(durationMs: number, response: ServerResponse): void {
    this.#calls += 1;
    const cameMs = performance.now();
    if (this.#busy < this.#places) return this.#work(durationMs, cameMs, response);
    if (!this.#refuses) return void this.#waiting.push(() => this.#work(durationMs, cameMs, response));
    this.#refused += 1;
    response.writeHead(429).end();
  }

  #work(durationMs: number, cameMs: number, response: ServerResponse): void {
    this.#busy += 1;
    setTimeout(() => {
      this.#busy -= 1;
      this.#tookMs.push(performance.now() - cameMs);
      response.end();
      this.#waiting.shift()?.();
    }, durationMs);
  }
}
