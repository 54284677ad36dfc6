import type { Result } from '../base/result.ts';
import type { PeerAddress } from '../sandbox/sandbox.ts';
import type { Caller, CallerReader } from './caller.ts';
import type { RequestHead, WireRequest } from './door.ts';
import type { Refusal } from './errors.ts';

/** Who may come in at one port. Asked in this order, each before anything more is done for the request. */
export interface Gate {
  /** Once per connection: true refuses every request on it. */
  refusesPeer?(peer: PeerAddress): Promise<boolean>;
  /** Before the body is read. */
  refusesHead?(head: RequestHead): Refusal | undefined;
  /** Says who asks, or why the request is refused. */
  identify(request: WireRequest): Result<Caller, Refusal>;
  /** Why this caller may not do this action; undefined when it may. */
  forbids?(caller: Caller, action: string | undefined): Refusal | undefined;
}

/** The name of the caller as the request gives it, in its header or in a presigned address. */
export function claimedCaller(reader: CallerReader, head: RequestHead): Caller {
  return reader.read(head.headers.authorization);
}
