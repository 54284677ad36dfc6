import type { Cors } from '../../function/function-urls.ts';
import type { Answer, RequestHead } from '../door.ts';

/** Headers that the Cors of a URL decides: what a function says of them does not count (Lambda guide, "urls-configuration"). */
const DECIDED: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
]);

/** True when pages of this origin may call; an origin that is not known is one of all. */
export function allowsOrigin(cors: Cors | undefined, origin: string | undefined): boolean {
  const { allowOrigins = [] } = cors ?? {};
  return allowOrigins.includes('*') || (origin !== undefined && allowOrigins.includes(origin));
}

/** True for the question of a browser whether a page may ask what it wants to ask. */
export function isPreflight({ method, headers }: RequestHead): boolean {
  const { origin, 'access-control-request-method': asked } = headers;
  return method === 'OPTIONS' && origin !== undefined && asked !== undefined;
}

/** The answer to a preflight, which the function never sees. */
export function preflightAnswer(cors: Cors, head: RequestHead): Answer {
  const { allowMethods = [], allowHeaders = [], maxAgeS } = cors;
  const { origin } = head.headers;
  if (!allowsOrigin(cors, origin)) return { status: 200, headers: ['Vary', 'Origin'], body: '' };
  const headers = [...originHeaders(cors, origin)];
  if (allowMethods.length > 0) headers.push('Access-Control-Allow-Methods', methods(cors, head));
  if (allowHeaders.length > 0) headers.push('Access-Control-Allow-Headers', names(cors, allowHeaders, head));
  if (maxAgeS !== undefined) headers.push('Access-Control-Max-Age', String(maxAgeS));
  return { status: 200, headers, body: '' };
}

/** An answer to a request with what its page may see of it. */
export function withCors(answer: Answer, cors: Cors | undefined, head: RequestHead): Answer {
  const { origin } = head.headers;
  if (cors === undefined || origin === undefined) return answer;
  const headers: string[] = [];
  for (let at = 0; at + 1 < answer.headers.length; at += 2) {
    const [name = '', value = ''] = answer.headers.slice(at, at + 2);
    if (!DECIDED.has(name.toLowerCase())) headers.push(name, value);
  }
  if (allowsOrigin(cors, origin)) {
    headers.push(...originHeaders(cors, origin));
    const { exposeHeaders = [] } = cors;
    if (exposeHeaders.length > 0) headers.push('Access-Control-Expose-Headers', exposeHeaders.join(','));
  }
  return { ...answer, headers };
}

/** A page that sends cookies is told its own origin: browsers take no `*` then. */
function originHeaders({ allowOrigins = [], allowCredentials }: Cors, origin = ''): readonly string[] {
  if (allowOrigins.includes('*') && allowCredentials !== true) return ['Access-Control-Allow-Origin', '*'];
  const own = ['Access-Control-Allow-Origin', origin, 'Vary', 'Origin'];
  return allowCredentials === true ? [...own, 'Access-Control-Allow-Credentials', 'true'] : own;
}

/** `*` says nothing to a page that sends cookies: it is told what it asked for. */
function methods({ allowMethods = [], allowCredentials }: Cors, { headers }: RequestHead): string {
  const asked = headers['access-control-request-method'] ?? '';
  const isAll = allowMethods.includes('*') && allowCredentials === true && /^[A-Z]{1,20}$/.test(asked);
  return isAll ? asked : allowMethods.join(',');
}

function names({ allowCredentials }: Cors, allowed: readonly string[], { headers }: RequestHead): string {
  const asked = headers['access-control-request-headers'] ?? '';
  const isAll = allowed.includes('*') && (allowCredentials === true || asked.includes('authorization'));
  return isAll && /^[\w, -]{1,4096}$/.test(asked) ? asked : allowed.join(',');
}
