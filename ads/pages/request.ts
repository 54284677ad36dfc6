import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What was asked for cannot be given; the answer says why. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MOST_BYTES = 16_384;

/** The body as text. Rejects with Refused when it is too long. */
export async function readBody(request: IncomingMessage, type: string): Promise<string> {
  if (request.headers['content-type']?.split(';')[0]?.trim() !== type)
    throw new Refused(415, `Send ${type}.`);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > MOST_BYTES) throw new Refused(413, 'That is too long.');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}

/** Throws Refused when a browser says that a page of somebody else asks. */
export function refuseForeign({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  if (isForeign || (origin !== undefined && origin !== `http://${host}`))
    throw new Refused(403, 'That was asked for by a page of somebody else.');
}

/** Throws Refused unless the request carries the session's token: a page of somebody else cannot read it. */
export function refuseWithoutToken(request: IncomingMessage, csrfToken: string): void {
  refuseForeign(request);
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''));
  const expected = Buffer.from(csrfToken);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Refused(403, 'The token of the session is missing: load the page again.');
}

/** The value of a cookie. */
export function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
