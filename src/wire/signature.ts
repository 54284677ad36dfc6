import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { canonicalRequest } from './canonical-request.ts';
import type { CredentialScope } from './caller.ts';
import type { RequestHead, WireRequest } from './door.ts';
import type { Refusal } from './errors.ts';
import { readSignatureClaim, type SignatureClaim } from './signature-claim.ts';

/** The secrets of an access key. */
export interface SigningKey {
  readonly secretAccessKey: string;
  /** Short-lived keys come with a token that each request carries. */
  readonly sessionToken?: string;
}

/** Finds a key by its id; undefined when there is none (any more). */
export type FindKey<Key extends SigningKey> = (accessKeyId: string) => Key | undefined;

/** A request whose signature is right. */
export interface Signed<Key extends SigningKey> {
  readonly key: Key;
  readonly scope: CredentialScope;
}

interface Claimed<Key extends SigningKey> {
  readonly claim: SignatureClaim;
  readonly key: Key;
}

/** How far the clocks of client and server may be apart. */
const CLOCK_SKEW_MS = 15 * 60 * 1000;

/** Derived keys kept: one for each key, day, region and service. */
const KEPT_DERIVED_KEYS = 1000;

/**
 * Checks Signature Version 4 of a request, in its Authorization header or in the query of a presigned address: made
 * with the secret of a known key, over this method, path, query, body and all headers of AWS, within its time:
 * 15 minutes, or as long as the address says.
 */
export class SignatureCheck<Key extends SigningKey> {
  readonly #find: FindKey<Key>;
  readonly #clock: Clock;
  readonly #derived = new Map<string, Buffer>();

  constructor(parts: { readonly find: FindKey<Key>; readonly clock: Clock }) {
    this.#find = parts.find;
    this.#clock = parts.clock;
  }

  /** What is wrong with a signature whatever the body is: who has no key gets no body read. */
  refusesHead(head: RequestHead): Refusal | undefined {
    const claimed = this.#claimed(head);
    return claimed.ok ? undefined : claimed.failure;
  }

  /** The key that signed the request, or why it is refused. */
  check(request: WireRequest): Result<Signed<Key>, Refusal> {
    const claimed = this.#claimed(request);
    if (!claimed.ok) return claimed;
    const { claim, key } = claimed.value;
    const bodySha256 = createHash('sha256').update(request.body).digest('hex');
    const declared = headerText(request, 'x-amz-content-sha256');
    if (declared !== '' && declared !== bodySha256) return failed({ kind: 'signature-wrong' });
    const { scope, query, signedHeaders } = claim;
    const { method, path, headers } = request;
    const canonical = canonicalRequest({ method, path, query, headers, signedHeaders, bodySha256 });
    const expected = this.#sign(key, scope, claim.time, canonical);
    const same = expected.length === claim.signature.length && timingSafeEqual(expected, claim.signature);
    return same ? ok({ key, scope }) : failed({ kind: 'signature-wrong' });
  }

  /** A signature as far as it can be judged without the body: well made, in time, by a key that there is. */
  #claimed(head: RequestHead): Result<Claimed<Key>, Refusal> {
    const claim = readSignatureClaim(head);
    if (claim === undefined) return failed({ kind: 'not-signed' });
    if (typeof claim === 'string') return unreadable(claim);
    const unsigned = claim.neededHeaders.find((name) => !claim.signedHeaders.includes(name));
    if (unsigned !== undefined) return unreadable(`The header '${unsigned}' must be signed.`);
    const late = this.#outOfTime(claim);
    if (late !== undefined) return late;
    const key = this.#find(claim.scope.accessKeyId);
    if (key === undefined || !sameToken(key, claim.token)) return failed({ kind: 'key-unknown' });
    return ok({ claim, key });
  }

  #outOfTime({ time, scope, lifetimeMs }: SignatureClaim): Result<never, Refusal> | undefined {
    const atMs = parseTime(time);
    if (atMs === undefined || !time.startsWith(scope.date)) {
      return unreadable("The date must be YYYYMMDD'T'HHMMSS'Z', of the day of the credential.");
    }
    const nowMs = this.#clock.nowMs();
    const pastMs = nowMs - atMs;
    if (pastMs >= -CLOCK_SKEW_MS && pastMs <= (lifetimeMs ?? CLOCK_SKEW_MS)) return undefined;
    const now = new Date(nowMs).toISOString();
    const word = pastMs > 0 ? 'expired' : 'not yet current';
    const allowed = lifetimeMs === undefined ? '15 minutes are' : `${lifetimeMs / 1000} seconds are`;
    const why = `Signature ${word}: the request is of ${time}, the time here is ${now}, ${allowed} allowed.`;
    return failed({ kind: 'signature-out-of-time', why });
  }

  #sign(key: SigningKey, scope: CredentialScope, time: string, canonical: string): Buffer {
    const { date, region, service } = scope;
    const digest = createHash('sha256').update(canonical).digest('hex');
    const text = `AWS4-HMAC-SHA256\n${time}\n${date}/${region}/${service}/aws4_request\n${digest}`;
    return hmac(this.#derivedKey(key, scope), text);
  }

  #derivedKey({ secretAccessKey }: SigningKey, { date, region, service }: CredentialScope): Buffer {
    const name = `${secretAccessKey}/${date}/${region}/${service}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const parts = [date, region, service, 'aws4_request'];
    const derived = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
    if (this.#derived.size >= KEPT_DERIVED_KEYS) this.#derived.clear();
    this.#derived.set(name, derived);
    return derived;
  }
}

function headerText(request: WireRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function sameToken({ sessionToken }: SigningKey, given: string): boolean {
  if (sessionToken === undefined) return true;
  return timingSafeEqual(sha256(sessionToken), sha256(given));
}

function parseTime(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

function unreadable(why: string): Result<never, Refusal> {
  return failed({ kind: 'signature-unreadable', why });
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
