import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Served } from '../click-processor/click.ts';
import type { KeyRing, TokenKey } from './key-ring.ts';
import { safeTarget } from './target.ts';

/** What a click token says: everything a click needs, fixed when the ad was served. */
export interface TokenClaims extends Served {
  readonly target: string;
}

/** What a token that came with a click is worth. */
export type TokenReading =
  | { readonly kind: 'ok' | 'expired'; readonly kid: string; readonly claims: TokenClaims }
  | { readonly kind: 'forged' | 'malformed' };

/** A token older than this still redirects, and is not billed. */
export const TOKEN_LIFE_MS = 24 * 3_600_000;
/** Longer texts are not even looked at. */
export const TOKEN_LIMIT = 4096;
/** A clock of another ad server may be ahead by this much. */
const CLOCK_SKEW_MS = 60_000;

/** `kid.payload.signature`: the payload is a JSON array in base64url, the signature HMAC-SHA256 over `kid.payload`. */
export function signToken(claims: TokenClaims, key: TokenKey): string {
  const { impressionId, adId, campaignId, advertiserId, publisherId, priceMicros, servedAtMs, target } =
    claims;
  const { placementId = 0, agentFamily = '', osFamily = '' } = claims;
  const required = [
    ...[impressionId, adId, campaignId, advertiserId, publisherId, priceMicros, servedAtMs, target],
  ];
  const fields = [...required, placementId, agentFamily, osFamily];
  const signed = `${key.id}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return `${signed}.${signature(signed, key)}`;
}

/** Reads a token: nothing of it is believed before its signature has been compared in constant time. */
export function readToken(token: string, ring: KeyRing, nowMs: number): TokenReading {
  const match = token.length <= TOKEN_LIMIT ? /^([\w-]{1,32})\.([\w-]+)\.([\w-]{43})$/.exec(token) : null;
  const [, kid = '', payload = '', given = ''] = match ?? [];
  if (match === null) return { kind: 'malformed' };
  const key = ring.keys.find((one) => one.id === kid);
  if (key === undefined) return { kind: 'forged' };
  const expected = Buffer.from(signature(`${kid}.${payload}`, key));
  if (!timingSafeEqual(expected, Buffer.from(given))) return { kind: 'forged' };
  const claims = readClaims(payload);
  if (claims === undefined) return { kind: 'malformed' };
  const ageMs = nowMs - claims.servedAtMs;
  return { kind: ageMs > TOKEN_LIFE_MS || ageMs < -CLOCK_SKEW_MS ? 'expired' : 'ok', kid, claims };
}

function signature(text: string, key: TokenKey): string {
  return createHmac('sha256', Buffer.from(key.secret, 'base64url')).update(text).digest('base64url');
}

type Fields = readonly [
  ...[impressionId: string, adId: number, campaignId: number, advertiserId: number, publisherId: number],
  ...[priceMicros: number, servedAtMs: number, target: string],
  ...[placementId?: number, agentFamily?: string, osFamily?: string],
];

/** The payload is our own, but perhaps of an older program, which wrote only the first eight fields. */
function readClaims(payload: string): TokenClaims | undefined {
  const fields: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!Array.isArray(fields) || fields.length < 8) return undefined;
  const [
    impressionId,
    adId,
    campaignId,
    advertiserId,
    publisherId,
    priceMicros,
    servedAtMs,
    target,
    ...more
  ] = fields as unknown as Fields;
  if (safeTarget(target) === undefined) return undefined;
  const [placementId = 0, agentFamily = '', osFamily = ''] = more;
  return {
    ...{ impressionId, adId, campaignId, advertiserId, publisherId, priceMicros, servedAtMs, target },
    ...(placementId > 0 ? { placementId } : {}),
    ...(agentFamily === '' ? {} : { agentFamily }),
    ...(osFamily === '' ? {} : { osFamily }),
  };
}
