import { ok, type Result } from '../base/result.ts';
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

/** What the gate of a loopback port is made of. */
export interface LoopbackGateParts {
  readonly callers: CallerReader;
  readonly refusesPeer?: (peer: PeerAddress) => Promise<boolean>;
  readonly refusesHead?: (head: RequestHead) => Refusal | undefined;
}

/** Takes any credentials, as on a port that this machine alone can reach. */
export function loopbackGate(parts: LoopbackGateParts): Gate {
  const { callers, refusesPeer, refusesHead } = parts;
  return {
    ...(refusesPeer && { refusesPeer }),
    ...(refusesHead && { refusesHead }),
    identify: (request) => ok(callers.read(request.headers.authorization)),
  };
}
