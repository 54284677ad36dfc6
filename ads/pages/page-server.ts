import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type postgres from 'postgres';
import { LiveStatistics } from './live-statistics.ts';
import { readAdvertisers } from './statistics.ts';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

type File = readonly [type: string, path: string];

/** What a browser may ask for besides the pages: the type, and where it lies. */
const FILES: ReadonlyMap<string, File> = new Map<string, File>([
  ['/statistics.css', [CSS, browserFile('statistics.css')]],
  ...['page.js', 'chart.js', 'live.js', 'statistics.js', 'advertisers.js'].map(
    (name) => [`/${name}`, [SCRIPT, browserFile(name)]] as const,
  ),
  ['/uplot.js', [SCRIPT, fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))]],
  ['/uplot.css', [CSS, fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'))]],
]);

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** Shows advertisers their statistics, to this machine only. */
export class PageServer {
  readonly #sql: postgres.Sql;
  readonly #live: LiveStatistics;
  readonly #server: Server;

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
    this.#live = new LiveStatistics(sql);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => {
        if (!response.headersSent)
          send(response, 503, 'text/plain', 'The statistics cannot be read just now.\n');
      });
    });
  }

  /** Listens on a port of this machine, any free one unless it is given, and answers the address. */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends all live connections and stops listening. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#live.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url?.split('?')[0] ?? '/';
    if (!this.#isOurName(request.headers.host))
      return send(response, 403, 'text/plain', 'Ask for 127.0.0.1.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', '');
    const [, kind, id, live] = /^\/(advertiser)\/(\d{1,9})(\/live)?$/.exec(url) ?? [];
    if (url === '/advertisers') return sendJson(response, await readAdvertisers(this.#sql));
    if (live !== undefined) return this.#live.watch(Number(id), response, HEADERS);
    if (kind !== undefined) return sendFile(response, HTML, browserFile('statistics.html'));
    if (url === '/') return sendFile(response, HTML, browserFile('advertisers.html'));
    const [type, path] = FILES.get(url) ?? [];
    if (type !== undefined && path !== undefined) return sendFile(response, type, path);
    send(response, 404, 'text/plain', 'There is nothing at this address.\n');
  }

  /** A foreign name that was made to point to this machine must not read anything. */
  #isOurName(host: string | undefined): boolean {
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }
}

function browserFile(name: string): string {
  return join(import.meta.dirname, 'browser', name);
}

function sendFile(response: ServerResponse, type: string, path: string): void {
  send(response, 200, type, readFileSync(path));
}

function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json', JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
