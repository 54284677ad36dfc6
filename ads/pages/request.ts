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

/** The fields of a JSON object. Rejects with Refused when it is none. */
export async function readFields(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBody(request, 'application/json');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Refused(400, 'Send a JSON object.');
}

/** A whole number of a field. Throws Refused when it is none between the two. */
export function wholeField(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  least: number,
  most: number,
): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw new Refused(400, `${name} is a whole number from ${least} to ${most}.`);
}

/** A text of a field. Throws Refused when it is none, too long, or has in it what no database takes. */
export function textField(fields: Readonly<Record<string, unknown>>, name: string, most: number): string {
  const value = fields[name];
  const isText = typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
  if (isText && value.trim() !== '' && value.length <= most) return value.trim();
  throw new Refused(400, `${name} is a text of 1 to ${most} characters.`);
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
