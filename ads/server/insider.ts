import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { KeyRing, TokenKey } from './key-ring.ts';

/** The cookie by which a browser of our own people is known: `kid.expiry.signature`, nothing about who they are. */
export const INSIDER_COOKIE = 'millrace_insider';

/** The value of the cookie for somebody who signs in; good until `expiresAtMs`. Set it when sessions are made. */
export function insiderMark(key: TokenKey, expiresAtMs: number): string {
  const signed = `${key.id}.${Math.trunc(expiresAtMs)}`;
  return `${signed}.${signature(signed, key)}`;
}

/** True when an operator, advertiser or publisher who signed in makes the request: their clicks are not billed. */
export function isInsider(request: IncomingMessage, ring: KeyRing, nowMs: number): boolean {
  const { cookie } = request.headers;
  if (cookie === undefined) return false;
  const [, signed = '', kid = '', expiry = '', given = ''] = MARK.exec(cookie) ?? [];
  const key = ring.keys.find((one) => one.id === kid);
  if (key === undefined || Number(expiry) <= nowMs) return false;
  return timingSafeEqual(Buffer.from(signature(signed, key)), Buffer.from(given));
}

const MARK = new RegExp(`(?:^|; ?)${INSIDER_COOKIE}=(([0-9a-f]{8})\\.(\\d{1,16}))\\.([\\w-]{43})(?:;|$)`);

function signature(text: string, key: TokenKey): string {
  return createHmac('sha256', Buffer.from(key.secret, 'base64url'))
    .update(`insider ${text}`)
    .digest('base64url');
}
