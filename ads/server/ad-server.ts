import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { answer, answerJson, answerPage } from './answer.ts';
import { EMPTY_CATALOGUE, type Catalogue } from './catalogue.ts';
import type { ClickChannel } from './click-channel.ts';
import { clickOf, isPrefetch } from './click-request.ts';
import type { DataCentres } from './data-centres.ts';
import type { SecretsFile } from './secrets-file.ts';
import { serveAd } from './serve.ts';
import { emptyTally, type Tally } from './tally.ts';
import { readToken, type TokenReading } from './token.ts';

/** What an ad server works with. */
export interface AdServerOptions {
  readonly channel: ClickChannel;
  readonly secrets: SecretsFile;
  readonly dataCentres: DataCentres;
  readonly now: () => number;
  readonly chance: () => number;
}

/** Serves ads and answers clicks: a redirect goes out when its click is durable in the channel, never before. */
export class AdServer {
  readonly tally: Tally = emptyTally();
  readonly #options: AdServerOptions;
  readonly #server: Server;
  #catalogue: Catalogue = EMPTY_CATALOGUE;

  constructor(options: AdServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        console.error('The ad server could not answer:', error);
        if (!response.headersSent) answerPage(response, 500, 'Something went wrong', 'Please try again.');
      });
    });
  }

  /** Listens on `port` of this machine (0: any free one) and answers the address, such as http://127.0.0.1:8080. */
  async listen(port: number): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.origin;
  }

  /** Where it listens. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on ads come from `catalogue`. */
  use(catalogue: Catalogue): void {
    this.#catalogue = catalogue;
  }

  /** Takes no new requests and resolves when those under way are answered. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const { method, url = '/' } = request;
    if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, { Allow: 'GET, HEAD' });
    if (url.startsWith('/click/')) return this.#click(request, response, url.slice('/click/'.length));
    if (/^\/serve(\?|$)/.test(url)) return this.#serve(response, url);
    if (url === '/health') return answerJson(response, 200, { waiting: this.#options.channel.waitingCount });
    answerPage(response, 404, 'Not found', 'There is nothing at this address.');
  }

  #serve(response: ServerResponse, url: string): void {
    const publisherId = Number(new URLSearchParams(url.split('?')[1]).get('publisher') ?? '1');
    if (!this.#catalogue.publishers.has(publisherId)) {
      return answerJson(response, 404, { error: 'No publisher has this number.' });
    }
    const nowMs = this.#options.now();
    const key = this.#options.secrets.signingKey(nowMs);
    const request = { publisherId, origin: this.origin, nowMs, key, chance: this.#options.chance() };
    const ad = serveAd(this.#catalogue, request);
    if (ad === undefined) return answer(response, 204, {});
    this.tally.served += 1;
    answerJson(response, 200, ad);
  }

  async #click(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    const { channel, secrets, dataCentres, now } = this.#options;
    const nowMs = now();
    const reading = readToken(token.split('?')[0] ?? '', secrets.ring(nowMs), nowMs);
    const click = clickOf(request, { reading, nowMs, salt: secrets.salt(nowMs), dataCentres });
    const outcome = await channel.post(click);
    if (outcome === 'posted') return this.#answerPosted(request, response, reading);
    this.tally.unavailable += 1;
    answerPage(response, 503, 'One moment please', 'This link does not work just now. Please try again.');
  }

  #answerPosted(request: IncomingMessage, response: ServerResponse, reading: TokenReading): void {
    if (isPrefetch(request)) {
      this.tally.prefetches += 1;
      return answer(response, 503, {});
    }
    if (!('claims' in reading)) {
      this.tally.notOurs += 1;
      return answerPage(
        response,
        404,
        'This link is not valid',
        'It is incomplete, or it was not made by us.',
      );
    }
    this.tally.answered += 1;
    answer(response, 302, { Location: reading.claims.target });
  }
}
