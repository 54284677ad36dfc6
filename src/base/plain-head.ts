import type { IncomingHttpHeaders } from 'node:http';

/** What stands before the body of a plain request. */
export interface PlainHead {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Where the body begins. */
  readonly endBytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LONGEST_HEAD_BYTES = 16 * 1024;

/** A whole head: RFC 9112 with none of its freedoms (no folded lines, no space before a colon, no bare line feed, ASCII alone). */
const HEAD = /^(?:POST|GET) \/[\x21-\x7e]* HTTP\/1\.1(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*)*$/;

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
 * Reads the head of a GET or POST that has nothing unusual in it and keeps its connection. Undefined for anything else, however
 * legal: it is read by `node:http`, whose answer to it counts.
 */
export function readPlainHead(bytes: Buffer): PlainHead | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1 || headEnd > LONGEST_HEAD_BYTES) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  if (!HEAD.test(head)) return undefined;
  const firstLineEnd = head.indexOf('\r\n');
  const headers = firstLineEnd === -1 ? undefined : readHeaders(head, firstLineEnd + 2);
  if (headers === undefined || headers.host === undefined || !isKept(headers)) return undefined;
  const methodEnd = head.indexOf(' ');
  return {
    method: head.slice(0, methodEnd),
    target: head.slice(methodEnd + 1, firstLineEnd - ' HTTP/1.1'.length),
    headers,
    endBytes: headEnd + HEAD_END.length,
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

/** True when the connection goes on. */
function isKept({ connection }: IncomingHttpHeaders): boolean {
  return connection === undefined || connection.toLowerCase() === 'keep-alive';
}
