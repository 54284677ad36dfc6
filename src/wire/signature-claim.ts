import { parseCredentialScope, type CredentialScope } from './caller.ts';
import type { RequestHead } from './door.ts';
import { queryParameter } from './query-parameter.ts';

/** What a request says about its own signature. */
export interface SignatureClaim {
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: Buffer;
  /** `YYYYMMDD'T'HHMMSS'Z'`, as given. */
  readonly time: string;
  /** The session token that came with it; empty when there is none. */
  readonly token: string;
  /** The query as far as it is signed. */
  readonly query: string;
  /** How long a presigned address is good for; undefined for a signature in a header. */
  readonly lifetimeMs: number | undefined;
  /** Headers that must be among the signed ones. */
  readonly neededHeaders: readonly string[];
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SIGNATURE_PARAMETER = 'X-Amz-Signature';
const LONGEST_LIFETIME_S = 7 * 24 * 60 * 60;

/**
 * Reads the signature of a request: from its Authorization header, or from the query of a presigned address.
 * Undefined when there is none; a text says what is wrong with it.
 */
export function readSignatureClaim(head: RequestHead): SignatureClaim | string | undefined {
  const { authorization } = head.headers;
  if (authorization !== undefined) return fromHeader(head, authorization);
  return queryParameter(head.query, SIGNATURE_PARAMETER) === undefined ? undefined : fromQuery(head);
}

/** Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
function fromHeader(head: RequestHead, authorization: string): SignatureClaim | string {
  const [algorithm, ...rest] = authorization.split(' ');
  if (algorithm !== ALGORITHM) return `The Authorization header must begin with ${ALGORITHM}.`;
  const fields = new Map<string, string>();
  for (const part of rest.join(' ').split(',')) {
    const at = part.indexOf('=');
    if (at !== -1) fields.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const field = (name: string): string => fields.get(name) ?? '';
  return claim(head, {
    credential: field('Credential'),
    signedHeaders: field('SignedHeaders'),
    signature: field('Signature'),
    time: headerText(head, 'x-amz-date'),
    token: headerText(head, 'x-amz-security-token'),
    query: head.query,
    lifetimeMs: undefined,
    needed: ['host', 'x-amz-date'],
  });
}

/** Reads `X-Amz-Algorithm`, `X-Amz-Credential` and their like; the signature covers all of the query but itself. */
function fromQuery(head: RequestHead): SignatureClaim | string {
  const parameter = (name: string): string => queryParameter(head.query, name) ?? '';
  if (parameter('X-Amz-Algorithm') !== ALGORITHM) return `X-Amz-Algorithm must be ${ALGORITHM}.`;
  const lifetime = parameter('X-Amz-Expires');
  const lifetimeS = Number(lifetime);
  if (!/^\d{1,6}$/.test(lifetime) || lifetimeS < 1 || lifetimeS > LONGEST_LIFETIME_S) {
    return `X-Amz-Expires must be 1 to ${LONGEST_LIFETIME_S} seconds.`;
  }
  const isSigned = (pair: string): boolean => !pair.startsWith(`${SIGNATURE_PARAMETER}=`);
  return claim(head, {
    credential: parameter('X-Amz-Credential'),
    signedHeaders: parameter('X-Amz-SignedHeaders'),
    signature: parameter(SIGNATURE_PARAMETER),
    time: parameter('X-Amz-Date'),
    token: parameter('X-Amz-Security-Token'),
    query: head.query.split('&').filter(isSigned).join('&'),
    lifetimeMs: lifetimeS * 1000,
    needed: ['host'],
  });
}

interface Given {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly time: string;
  readonly token: string;
  readonly query: string;
  readonly lifetimeMs: number | undefined;
  readonly needed: readonly string[];
}

function claim(head: RequestHead, given: Given): SignatureClaim | string {
  const { credential, signature, signedHeaders, needed, ...kept } = given;
  const scope = parseCredentialScope(credential);
  if (scope === undefined) return 'Credential must be KEY/DATE/REGION/SERVICE/aws4_request.';
  if (!/^[0-9a-f]{64}$/.test(signature)) return 'Signature must be 64 hexadecimal digits.';
  const ofAws = Object.keys(head.headers).filter((name) => name.startsWith('x-amz-'));
  return {
    ...kept,
    scope,
    signedHeaders: signedHeaders.split(';'),
    signature: Buffer.from(signature, 'hex'),
    neededHeaders: [...needed, ...ofAws],
  };
}

function headerText(head: RequestHead, name: string): string {
  const value = head.headers[name];
  return typeof value === 'string' ? value : '';
}
