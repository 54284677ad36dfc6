import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type postgres from 'postgres';
import { AdvertiserDoor } from './advertiser-door.ts';
import { sendJson, sendPage, sendText, sendTo } from './answer.ts';
import { sendAsset } from './files.ts';
import { OperatorDoor, type Surroundings } from './operator-door.ts';
import { Refused, refuseWithoutToken } from './request.ts';
import type { Session } from './sessions.ts';
import { SignIn, type SignInOptions } from './sign-in.ts';
import { readAdvertisers } from './statistics.ts';
import type { Visit } from './visit.ts';
import { Watching } from './watching.ts';

/** What the pages need around them. */
export type PageServerOptions = Omit<SignInOptions, 'nowMs'> & Surroundings;

/** Shows advertisers their statistics and operators everything, to this machine only and to who has signed in. */
export class PageServer {
  readonly #sql: postgres.Sql;
  readonly #signIn: SignIn;
  readonly #watching: Watching;
  readonly #advertiser: AdvertiserDoor;
  readonly #operator: OperatorDoor;
  readonly #server: Server;

  constructor(options: PageServerOptions) {
    this.#sql = options.sql;
    this.#signIn = new SignIn({ ...options, nowMs: () => Date.now() });
    this.#watching = new Watching(options.sql, this.#signIn);
    this.#advertiser = new AdvertiserDoor(options.sql, this.#watching);
    this.#operator = new OperatorDoor(options.sql, this.#watching, options);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => fail(response, error));
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
    await this.#watching.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isOurName(request.headers.host)) throw new Refused(403, 'Ask for 127.0.0.1.');
    const url = new URL(`http://pages${/^\/(?!\/)/.test(request.url ?? '') ? request.url : '/'}`);
    const { method = '', headers } = request;
    if (!['GET', 'HEAD', 'POST'].includes(method)) throw new Refused(405, 'Ask by GET or POST.');
    if (method === 'POST' && url.pathname === '/sign-in') return this.#signIn.enter(request, response);
    if (method !== 'POST' && sendAsset(response, url.pathname)) return;
    if (method !== 'POST' && url.pathname === '/sign-in') return sendPage(response, 'sign-in.html');
    const found = await this.#signIn.find(request);
    if (found === undefined) {
      if (method !== 'POST' && headers.accept?.includes('text/html') === true)
        return sendTo(response, '/sign-in');
      throw new Refused(401, 'Sign in first.');
    }
    if (method === 'POST') refuseWithoutToken(request, found.session.csrfToken);
    await this.#admit({ request, response, url, ...found });
  }

  /** Whoever comes here has signed in; a POST comes from a page of ours. */
  async #admit(visit: Visit): Promise<void> {
    const { request, response, url, session, token } = visit;
    const asked = `${request.method === 'POST' ? 'POST' : 'GET'} ${url.pathname}`;
    const { user, csrfToken } = session;
    if (asked === 'POST /sign-out') {
      await this.#signIn.leave(response, token);
      return this.#watching.end(token);
    }
    if (asked === 'GET /') {
      const own = user.role === 'operator' ? '/operator' : `/advertiser/${user.advertiserId}`;
      return sendTo(response, own);
    }
    if (asked === 'GET /me') return sendJson(response, { email: user.email, role: user.role, csrfToken });
    if (asked === 'GET /advertisers')
      return sendJson(response, await readAdvertisers(this.#sql, own(session)));
    if (user.role === 'operator' && (await this.#operator.answer(visit, asked))) return;
    if (await this.#advertiser.answer(visit)) return;
    throw new Refused(404, 'There is nothing at this address.');
  }

  /** A foreign name that was made to point to this machine must not read anything. */
  #isOurName(host: string | undefined): boolean {
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }
}

/** The only advertiser that may be seen; undefined: all. */
function own({ user }: Session): number | undefined {
  return user.role === 'operator' ? undefined : user.advertiserId;
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof Refused) sendText(response, error.status, error.message);
  else sendText(response, 503, 'The ledger cannot be read just now.');
}
