import type { IncomingHttpHeaders } from 'node:http';
import { readPlainHead } from '../base/plain-head.ts';

/** A plain request that came in one piece. */
export interface QuickRequest {
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const POST = Buffer.from('POST /');

/**
 * Reads bytes that are exactly one POST with a Content-Length, as every SDK sends it. Undefined for anything else, however
 * legal: it is read by `node:http`, whose answer to it counts.
 */
export function readQuickRequest(bytes: Buffer): QuickRequest | undefined {
  if (bytes.length < POST.length || bytes.compare(POST, 0, POST.length, 0, POST.length) !== 0)
    return undefined;
  const head = readPlainHead(bytes);
  if (head === undefined) return undefined;
  const { target, headers, endBytes } = head;
  if (headers['content-length'] !== String(bytes.length - endBytes)) return undefined;
  const queryAt = target.indexOf('?');
  return {
    path: queryAt === -1 ? target : target.slice(0, queryAt),
    query: queryAt === -1 ? '' : target.slice(queryAt + 1),
    headers,
    body: bytes.subarray(endBytes),
  };
}
