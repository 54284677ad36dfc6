import type { IncomingHttpHeaders } from 'node:http';
import type { KeyScope } from '../access/allowed-actions.ts';
import type { EnvironmentId } from '../base/ids.ts';
import { queryParameter } from './query-parameter.ts';

/** Who asks, and whose queues and functions are meant where the request does not say. */
export interface Caller {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** Empty when the request names none. */
  readonly accessKeyId: string;
  /** Set when nobody had to say who asks: only a function URL lets such callers in. */
  readonly isAnonymous?: true;
  /** Set when the request comes from inside an execution environment: it reaches its own account alone. */
  readonly environmentId?: EnvironmentId;
  /** The trace of the invocation that this environment runs. */
  readonly traceId?: string;
  /** Set when a configured key signed the request: what that key may do. */
  readonly keyScope?: KeyScope;
}

/** Account and region of a request that does not name them. */
export interface CallerDefaults {
  readonly account: string;
  readonly region: string;
}

/** The parts of `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Where a request may name its caller. */
interface Named {
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
}

/** Callers kept: a client says the same credential in each of its requests. */
const KEPT_CALLERS = 1000;

/**
 * Names the caller of a request from its credential scope, believing what it says:
 * the account is the access key id when that is twelve digits, the region is the scope's.
 */
export class CallerReader {
  readonly #defaults: CallerDefaults;
  readonly #kept = new Map<string, Caller>();

  constructor(defaults: CallerDefaults) {
    this.#defaults = defaults;
  }

  /** The caller named by the Authorization header, or by `X-Amz-Credential` of a presigned address. */
  read(named: Named): Caller {
    const credential = credentialOf(named);
    const known = this.#kept.get(credential);
    if (known !== undefined) return known;
    const caller = this.#callerOf(parseCredentialScope(credential));
    if (this.#kept.size >= KEPT_CALLERS) this.#kept.clear();
    this.#kept.set(credential, caller);
    return caller;
  }

  #callerOf(scope: CredentialScope | undefined): Caller {
    if (scope === undefined) return { ...this.#defaults, accessKeyId: '' };
    const { accessKeyId, region } = scope;
    return {
      account: /^\d{12}$/.test(accessKeyId) ? accessKeyId : this.#defaults.account,
      region: /^[a-z0-9-]{1,32}$/.test(region) ? region : this.#defaults.region,
      accessKeyId: accessKeyId.slice(0, 128),
    };
  }
}

/** The credential of the Authorization header, or `X-Amz-Credential` of a presigned address; empty when there is none. */
export function credentialOf({ headers, query }: Named): string {
  const { authorization } = headers;
  if (authorization !== undefined) return credentialText(authorization);
  return queryParameter(query, 'X-Amz-Credential') ?? '';
}

/** The credential inside an Authorization header; empty when there is none. */
function credentialText(authorization: string): string {
  const start = authorization.indexOf('Credential=');
  if (start === -1) return '';
  const end = authorization.indexOf(',', start);
  return authorization.slice(start + 'Credential='.length, end === -1 ? undefined : end).trim();
}

/** Reads a credential; undefined when it does not have its five parts. */
export function parseCredentialScope(credential: string): CredentialScope | undefined {
  const parts = credential.split('/');
  const [service, region, date] = [parts.at(-2), parts.at(-3), parts.at(-4)];
  if (parts.length < 5 || parts.at(-1) !== 'aws4_request' || !service || !region || !date) return undefined;
  return { accessKeyId: parts.slice(0, -4).join('/'), date, region, service };
}
