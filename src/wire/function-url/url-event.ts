import type { FunctionUrl } from '../../function/function-urls.ts';
import type { Caller } from '../caller.ts';
import type { WireRequest } from '../door.ts';
import { callerArn } from '../gate.ts';

/** Bodies of these types are text; all others go to functions as base64, forms too (so does AWS). */
const TEXT_TYPE = /^text\/|[/+](json|xml|javascript)\b/i;

/** What an event is made of. */
export interface UrlEventParts {
  readonly request: WireRequest;
  readonly url: FunctionUrl;
  /** The host as the request named it. */
  readonly hostName: string;
  readonly caller: Caller;
  readonly nowMs: number;
}

/**
 * A request as the function gets it: payload format 2.0 (Lambda guide, "urls-invocation"). Headers that came more than once and
 * parameters of the query are joined by commas; cookies stand apart from the headers.
 */
export function urlEvent(parts: UrlEventParts): Buffer {
  const { request, url, hostName } = parts;
  const { query, headers } = request;
  const rawPath = pathOf(request);
  const cookies = (headers.cookie ?? '').split(/; */).filter((cookie) => cookie !== '');
  const event = {
    ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: query },
    ...(cookies.length > 0 && { cookies }),
    headers: { ...plainHeaders(request), ...forwarded(request) },
    ...(query !== '' && { queryStringParameters: parametersOf(query) }),
    requestContext: {
      accountId: url.settings.authType === 'NONE' ? 'anonymous' : parts.caller.account,
      ...{ apiId: url.id, domainName: hostName, domainPrefix: url.id },
      ...(url.settings.authType === 'AWS_IAM' && { authorizer: { iam: identity(parts.caller) } }),
      http: {
        ...{ method: request.method, path: rawPath, protocol: 'HTTP/1.1' },
        ...{ sourceIp: sourceOf(request), userAgent: headers['user-agent'] ?? '' },
      },
      ...{ requestId: request.requestId, routeKey: '$default', stage: '$default' },
      ...{ time: clockText(parts.nowMs), timeEpoch: Math.floor(parts.nowMs) },
    },
    ...bodyOf(request),
  };
  return Buffer.from(JSON.stringify(event));
}

function bodyOf({ body, headers }: WireRequest): {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
} {
  if (body.length === 0) return { isBase64Encoded: false };
  if (TEXT_TYPE.test(headers['content-type'] ?? '')) {
    const text = body.toString('utf8');
    if (Buffer.from(text).equals(body)) return { body: text, isBase64Encoded: false };
  }
  return { body: body.toString('base64'), isBase64Encoded: true };
}

function plainHeaders({ headers }: WireRequest): Readonly<Record<string, string>> {
  const named = Object.entries(headers).filter(([name]) => name !== 'cookie');
  return Object.fromEntries(named.map(([name, value = '']) => [name, [value].flat().join(',')]));
}

/** What a load balancer tells of the client; what the client says of itself stands before it. */
function forwarded(request: WireRequest): Readonly<Record<string, string>> {
  const { headers, isSecure } = request;
  const said = headers['x-forwarded-for'];
  const port = /:(\d+)$/.exec(headers.host ?? '')?.[1] ?? (isSecure === true ? '443' : '80');
  return {
    'x-forwarded-for': [...(said === undefined ? [] : [said]), sourceOf(request)].join(','),
    'x-forwarded-proto': isSecure === true ? 'https' : 'http',
    'x-forwarded-port': port,
  };
}

function parametersOf(query: string): Readonly<Record<string, string>> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
}

function identity(caller: Caller): Readonly<Record<string, string | null>> {
  const { accessKeyId: id, account } = caller;
  return {
    ...{ accessKey: id, accountId: account, callerId: id, userId: id, userArn: callerArn(caller) },
    ...{ cognitoIdentity: null, principalOrgId: null },
  };
}

/** Still encoded; a request as proxies get them names a host before its path. */
function pathOf({ path }: WireRequest): string {
  const own = path.replace(/^https?:\/\/[^/]*/i, '');
  return own.startsWith('/') ? own : '/';
}

/** An IPv4 address as such, also where it came to a socket that speaks IPv6. */
function sourceOf({ remoteAddress = '' }: WireRequest): string {
  return remoteAddress.replace(/^::ffff:/, '');
}

/** `12/Mar/2020:19:03:58 +0000`. */
function clockText(nowMs: number): string {
  const [day, month, year, time] = new Date(nowMs).toUTCString().slice(5, 25).split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
