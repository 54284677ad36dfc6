import type { IncomingHttpHeaders } from 'node:http';
import type { RequestId } from '../base/ids.ts';
import type { StopSign } from '../base/stop-sign.ts';
import type { Caller } from './caller.ts';
import type { AwsError } from './errors.ts';

/** What is known of a request before its body is read. */
export interface RequestHead {
  readonly requestId: RequestId;
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  /** What follows the `?`, still encoded; empty when there is none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** True when it came over TLS. */
  readonly isSecure?: boolean;
  /** The address of the other end of its connection. */
  readonly remoteAddress?: string | undefined;
}

/** What addresses of this server begin with, as the client of the request reaches it. */
export function originOf({ headers, isSecure }: Pick<RequestHead, 'headers' | 'isSecure'>): string {
  return `${isSecure === true ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
}

/**
 * What addresses begin with that this caller is given: `publicOrigin` where there is one, but code in an environment
 * reaches no other endpoint than the one that it asked.
 */
export function originFor(
  request: Pick<RequestHead, 'headers' | 'isSecure'>,
  { environmentId }: Pick<Caller, 'environmentId'>,
  publicOrigin: string | undefined,
): string {
  return environmentId === undefined && publicOrigin !== undefined ? publicOrigin : originOf(request);
}

/** A whole request. */
export interface WireRequest extends RequestHead {
  readonly body: Buffer;
  /** Aborts when the client hangs up before its answer, or when the server begins to stop. */
  readonly signal: StopSign;
}

/** What goes back. The server adds the request id, Content-Length and Date. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
  /** Sent instead of `body` as they come, without a length; no faster than the client reads. Always iterated. */
  readonly pieces?: AsyncIterable<Uint8Array>;
}

/**
 * One API behind the port. The server asks the doors in order: the first that matches reads the request.
 * A door never throws for what a client sent; what it throws is a programmer's error.
 */
export interface Door {
  /** True when the request speaks this door's API; by headers and path alone. */
  matches(head: RequestHead): boolean;
  /** The longest body this request may have. */
  bodyLimitBytes(head: RequestHead): number;
  /** The action asked for as IAM spells it (`sqs:SendMessage`, `lambda:InvokeFunction`); undefined when it is none. */
  actionOf(request: WireRequest): string | undefined;
  /** Answers the request. The caller has been let in, and may do the action. */
  handle(request: WireRequest, caller: Caller): Promise<Answer>;
  /** Says in this API's form why the request got no further. */
  refuse(head: RequestHead, error: AwsError): Answer;
}
