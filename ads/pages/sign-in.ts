import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { sendSignInAgain, sendTo } from './answer.ts';
import { Attempts, type AttemptLimit } from './attempts.ts';
import { cookieOf, readBody, refuseForeign, Refused } from './request.ts';
import { endSession, findSession, openSession, SESSION_MS, type Session } from './sessions.ts';
import { userWith } from './users.ts';

/** The cookie that holds the session's token. */
export const SESSION_COOKIE = 'millrace_session';

/** A mark by which ad servers know that clicks of this browser are not to be billed. */
export interface InsiderMark {
  readonly cookie: string;
  /** The value of the cookie, good until that time. */
  mark(expiresAtMs: number): string;
}

/** What signing in needs. */
export interface SignInOptions {
  readonly sql: postgres.Sql;
  readonly nowMs: () => number;
  readonly insider?: InsiderMark | undefined;
  /** For each address of a user. */
  readonly attempts?: AttemptLimit;
}

/** Hashing takes memory and a processor: so many at a time, and so many more may wait. */
const AT_ONCE = 2;
const MOST_WAITING = 50;

const TOO_MANY = 'Too many attempts for this address. Wait a quarter of an hour.';
const WRONG = 'Address and password do not belong together.';

/** Lets people in by address and password, bounded, and out again. */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #attempts: Attempts;
  #hashing = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.attempts);
  }

  /** The session of the request's cookie, with its token. */
  async find(request: IncomingMessage): Promise<{ session: Session; token: string } | undefined> {
    const token = cookieOf(request, SESSION_COOKIE);
    if (token === undefined) return undefined;
    const session = await findSession(this.#options.sql, token);
    return session === undefined ? undefined : { session, token };
  }

  /** A form with `email` and `password`: answers the first page with a session of its own, or the form again. */
  async enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    refuseForeign(request);
    const form = new URLSearchParams(await readBody(request, 'application/x-www-form-urlencoded'));
    const email = (form.get('email') ?? '').trim().toLowerCase().slice(0, 256);
    const { sql, nowMs } = this.#options;
    const waitMs = this.#attempts.take(email, nowMs());
    if (waitMs > 0) {
      response.setHeader('Retry-After', Math.ceil(waitMs / 1000));
      return sendSignInAgain(response, TOO_MANY, 429);
    }
    const user = await this.#bounded(() => userWith(sql, email, form.get('password') ?? ''));
    if (user === undefined) return sendSignInAgain(response, WRONG, 403);
    this.#attempts.clear(email);
    const before = cookieOf(request, SESSION_COOKIE);
    if (before !== undefined) await endSession(sql, before);
    const token = await openSession(sql, user);
    sendTo(response, '/', { 'Set-Cookie': this.#cookies(token, SESSION_MS) });
  }

  /** Ends the session of that token. */
  async leave(response: ServerResponse, token: string): Promise<void> {
    await endSession(this.#options.sql, token);
    sendTo(response, '/sign-in', { 'Set-Cookie': this.#cookies('', 0) });
  }

  #cookies(token: string, forMs: number): OutgoingHttpHeaders['set-cookie'] {
    const rest = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.trunc(forMs / 1000)}`;
    const own = `${SESSION_COOKIE}=${token}; ${rest}`;
    const { insider, nowMs } = this.#options;
    if (insider === undefined || forMs === 0) return [own];
    // Another port of this machine gets it too, which is how it reaches the ad server.
    return [own, `${insider.cookie}=${insider.mark(nowMs() + forMs)}; ${rest}`];
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hashing < AT_ONCE) this.#hashing += 1;
    else if (this.#waiting.length >= MOST_WAITING) throw new Refused(503, 'Too many sign in just now.');
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#hashing -= 1;
      else next();
    }
  }
}
