import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { answer, answerJson, answerPage } from './answer.ts';
import { CampaignStates } from './campaign-states.ts';
import type { CampaignChange } from '../messages/campaign-change.ts';
import { EMPTY_CATALOGUE, type Catalogue } from './catalogue.ts';
import { answerClick } from './click-door.ts';
import type { AdServerOptions, Doorway } from './doorway.ts';
import { FloodGuard } from './flood-guard.ts';
import { answerServe } from './serve-door.ts';
import { emptyTally, type Tally } from './tally.ts';
import { answerView } from './view-door.ts';

/** A client that says nothing for this long costs its connection. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 30_000 };
/** More connections than this are closed at once: each costs a descriptor. */
const MOST_CONNECTIONS = 16_000;

/** Serves ads and answers clicks and views. */
export class AdServer {
  readonly tally: Tally = emptyTally();
  /** What the click processor said of campaigns. */
  readonly states = new CampaignStates();
  readonly #doorway: Doorway;
  readonly #server: Server;
  /** What was said before is no measure of how quickly this server hears. */
  readonly #startedAtMs: number;
  #catalogue: Catalogue = EMPTY_CATALOGUE;

  constructor(options: AdServerOptions) {
    this.#startedAtMs = options.now();
    this.#doorway = {
      options,
      tally: this.tally,
      flood: new FloodGuard(options.flood),
      viewFlood: new FloodGuard(options.flood),
    };
    this.#server = createServer(TIMEOUTS, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        console.error('The ad server could not answer:', error);
        if (!response.headersSent) answerPage(response, 500, 'Something went wrong', 'Please try again.');
      });
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on('clientError', (error, socket) => this.#refuse(error, socket));
  }

  /** Listens on `port` of this machine (0: any free one) and answers the address, such as http://127.0.0.1:8080. */
  async listen(port: number, host = '127.0.0.1'): Promise<string> {
    this.#server.listen({ port, host, backlog: 4096 });
    await once(this.#server, 'listening');
    return this.origin;
  }

  /** How it is called from outside. */
  get origin(): string {
    const { publicUrl } = this.#doorway.options;
    return publicUrl ?? `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on ads come from `catalogue`. */
  use(catalogue: Catalogue): void {
    this.#catalogue = catalogue;
  }

  /** The click processor says that a campaign stops or goes on. */
  hear(change: CampaignChange): void {
    const wasShown = this.#shows(change.campaignId);
    this.states.hear(change);
    if (!wasShown || this.#shows(change.campaignId) || change.atMs < this.#startedAtMs) return;
    this.tally.stops += 1;
    const lagMs = this.#doorway.options.now() - change.atMs;
    this.tally.slowestStopMs = Math.max(this.tally.slowestStopMs, lagMs);
  }

  /** Takes no new requests and resolves when those under way are answered. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    await closed;
  }

  #shows(campaignId: number): boolean {
    const isOffered = this.#catalogue.offers.some((offer) => offer.campaignId === campaignId);
    return isOffered && !this.states.isStopped(campaignId);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const { method, url = '/' } = request;
    if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, { Allow: 'GET, HEAD' });
    const [path = ''] = url.split('?', 1);
    if (path.startsWith('/click/'))
      return answerClick(this.#doorway, request, response, path.slice('/click/'.length));
    if (path.startsWith('/view/'))
      return answerView(this.#doorway, request, response, path.slice('/view/'.length));
    if (path === '/serve') return this.#serve(request, response);
    if (path === '/health') return this.#health(response);
    answerPage(response, 404, 'Not found', 'There is nothing at this address.');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const stock = { catalogue: this.#catalogue, states: this.states, origin: this.origin };
    answerServe(this.#doorway, stock, request, response);
  }

  #health(response: ServerResponse): void {
    const { clicks, views } = this.#doorway.options;
    const channels = { clicks: clicks.state, ...(views === undefined ? {} : { views: views.state }) };
    answerJson(response, 200, { waiting: clicks.waitingCount, channels, tally: this.tally });
  }

  /** What is no request, or too large for one. */
  #refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    this.tally.unreadable += 1;
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
}
