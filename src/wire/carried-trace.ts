import type { IncomingHttpHeaders } from 'node:http';
import { joinedTrace, readTrace } from '../function/lineage.ts';
import type { Caller } from './caller.ts';

/**
 * The trace that a request belongs to: as its client says (`X-Amzn-Trace-Id`; SDKs inside functions do), and with the lineage of the
 * invocation that asks, whatever the client says.
 */
export function carriedTrace(
  { headers }: { readonly headers: IncomingHttpHeaders },
  { traceId }: Pick<Caller, 'traceId'>,
): string | undefined {
  const said = headers['x-amzn-trace-id'];
  if (said === undefined) return traceId;
  return joinedTrace(readTrace(typeof said === 'string' ? said : said[0]), traceId);
}
