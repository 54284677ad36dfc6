import { createServer, type Server, type Socket } from 'node:net';
import type { FunctionUrl, FunctionUrls } from '../function/function-urls.ts';
import { urlHostName } from '../wire/function-url/url-hosts.ts';

/** Sockets that listen for URLs at most: each takes a descriptor, and connections need them too. */
const MOST_ADDRESSES = 1000;

/** What {@link UrlPlaces} works with. */
export interface UrlPlacesParts {
  readonly urls: Pick<FunctionUrls, 'all' | 'find'>;
  /** Below which names of URLs stand, where the operator chose one. */
  readonly domain: string | undefined;
  /** What the addresses of this server begin with for those who come by that domain, where a proxy stands between. */
  readonly publicOrigin: string | undefined;
  readonly isSecure: boolean;
  /** True when URLs may be told by loopback addresses of their own: they work without a resolver that knows `*.localhost`. */
  readonly hasAddresses: boolean;
}

/** Where the main port is. */
interface MainPort {
  readonly port: number;
  /** Takes a connection as if it had come to the main port. */
  readonly adopt: (socket: Socket) => void;
}

/** Where function URLs are reached: at their own loopback address where this machine has them, else by name. */
export class UrlPlaces implements AsyncDisposable {
  readonly #parts: UrlPlacesParts;
  readonly #listening = new Map<string, Promise<Server | undefined>>();
  #main: MainPort | undefined;

  constructor(parts: UrlPlacesParts) {
    this.#parts = parts;
  }

  /** Begins to listen for the URLs that are there. */
  async open(main: MainPort): Promise<void> {
    this.#main = main;
    await Promise.all(this.#parts.urls.all().map((url) => this.#listens(url, main)));
  }

  /** A URL as clients on this machine, or below the operator's domain, call it; it answers from now on. */
  async textOf(url: FunctionUrl): Promise<string> {
    const main = this.#main;
    if (!this.#listening.has(url.address)) await this.#closeGone();
    if (main !== undefined && (await this.#listens(url, main))) return `http://${url.address}:${main.port}/`;
    const { domain, isSecure, publicOrigin } = this.#parts;
    const own = `${isSecure ? 'https' : 'http'}://localhost:${main?.port ?? ''}`;
    const { protocol, port } = new URL(domain === undefined ? own : (publicOrigin ?? own));
    return `${protocol}//${urlHostName(url, domain)}${port === '' ? '' : `:${port}`}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#main = undefined;
    for (const address of this.#listening.keys()) await this.#close(address);
  }

  async #listens({ address }: FunctionUrl, main: MainPort): Promise<boolean> {
    const known = this.#listening.get(address);
    if (known !== undefined) return (await known) !== undefined;
    if (!this.#parts.hasAddresses || this.#listening.size >= MOST_ADDRESSES) return false;
    const listening = listen(address, main);
    this.#listening.set(address, listening);
    return (await listening) !== undefined;
  }

  /** Addresses whose URL was deleted since. */
  async #closeGone(): Promise<void> {
    for (const address of this.#listening.keys())
      if (this.#parts.urls.find(address) === undefined) await this.#close(address);
  }

  async #close(address: string): Promise<void> {
    const listening = this.#listening.get(address);
    this.#listening.delete(address);
    (await listening)?.close();
  }
}

/** Undefined where this machine has no such address (macOS has but one) or the port is taken there. */
function listen(address: string, { port, adopt }: MainPort): Promise<Server | undefined> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, adopt);
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ host: address, port, backlog: 1024 }, () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}
