import type { IncomingHttpHeaders } from 'node:http';

/** A plain request that came in one piece. */
export interface QuickRequest {
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const POST = Buffer.from('POST /');
const HEAD_END = Buffer.from('\r\n\r\n');
const LONGEST_HEAD_BYTES = 16 * 1024;

/** A whole head: RFC 9112 with none of its freedoms (no folded lines, no space before a colon, no bare line feed, ASCII alone). */
const HEAD = /^POST \/[\x21-\x7e]* HTTP\/1\.1(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*)*$/;

/** Headers that say more than this reader understands. */
const BEYOND: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'te',
  'proxy-connection',
  '__proto__',
]);

/**
 * Reads bytes that are exactly one POST with a Content-Length, as every SDK sends it. Undefined for anything else, however
 * legal: it is read by `node:http`, whose answer to it counts.
 */
export function readQuickRequest(bytes: Buffer): QuickRequest | undefined {
  if (bytes.length < POST.length || bytes.compare(POST, 0, POST.length, 0, POST.length) !== 0)
    return undefined;
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1 || headEnd > LONGEST_HEAD_BYTES) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  if (!HEAD.test(head)) return undefined;
  const firstLineEnd = head.indexOf('\r\n');
  const headers = firstLineEnd === -1 ? undefined : readHeaders(head, firstLineEnd + 2);
  if (headers === undefined || headers.host === undefined) return undefined;
  const bodyAt = headEnd + HEAD_END.length;
  if (!saysLength(headers, bytes.length - bodyAt)) return undefined;
  const target = head.slice('POST '.length, firstLineEnd - ' HTTP/1.1'.length);
  const queryAt = target.indexOf('?');
  return {
    path: queryAt === -1 ? target : target.slice(0, queryAt),
    query: queryAt === -1 ? '' : target.slice(queryAt + 1),
    headers,
    body: bytes.subarray(bodyAt),
  };
}

/** The lines of a head that has passed {@link HEAD}, by name in lower case; undefined when one is beyond us or comes twice. */
function readHeaders(head: string, start: number): IncomingHttpHeaders | undefined {
  const headers: Record<string, string> = {};
  for (let at = start; at < head.length;) {
    const lineEnd = head.indexOf('\r\n', at);
    const end = lineEnd === -1 ? head.length : lineEnd;
    const colon = head.indexOf(':', at);
    const name = head.slice(at, colon).toLowerCase();
    if (BEYOND.has(name) || headers[name] !== undefined) return undefined;
    headers[name] = head.slice(colon + 1, end).trim();
    at = end + 2;
  }
  return headers;
}

/** True when the head says just this length, and that the connection goes on. */
function saysLength(headers: IncomingHttpHeaders, sizeBytes: number): boolean {
  const { connection } = headers;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return false;
  return headers['content-length'] === String(sizeBytes);
}
