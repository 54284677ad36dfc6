import { ok, type Result } from '../base/result.ts';
import type { PeerAddress } from '../sandbox/sandbox.ts';
import type { Caller, CallerReader } from './caller.ts';
import type { RequestHead, WireRequest } from './door.ts';
import type { Refusal } from './errors.ts';
import type { SignatureCheck, SigningKey } from './signature.ts';
import type { WebPageGuard } from './web-page-guard.ts';

/** Who may come in at one port. Asked in this order, each before anything more is done for the request. */
export interface Gate {
  /** Asked once per connection: true when its other end is inside a sandbox, where this gate is not in charge. */
  isSandboxed?(peer: PeerAddress): Promise<boolean>;
  /** Before the body is read. */
  refusesHead?(head: RequestHead): Refusal | undefined;
  /** Says who asks, or why the request is refused. */
  identify(request: WireRequest): Result<Caller, Refusal>;
  /** Why this caller may not do this action; undefined when it may. */
  forbids?(caller: Caller, action: string | undefined): Refusal | undefined;
}

/** What the gate of the main port is made of. */
export interface MainGateParts {
  readonly callers: CallerReader;
  readonly guard: WebPageGuard;
  /** True for connections from inside a sandbox, which have an endpoint of their own. */
  readonly isSandboxed: (peer: PeerAddress) => Promise<boolean>;
  /** Given: every request must be signed with a known key. Not given: any credentials are taken. */
  readonly signatures?: SignatureCheck<SigningKey>;
  /** True for requests that carry a token of their own, which their door checks: they need no signature. */
  readonly carriesToken?: (request: WireRequest) => boolean;
}

/** The gate of the main port: no web page, no sandbox, and whose signature is right where signatures are demanded. */
export function mainGate(parts: MainGateParts): Gate {
  const { callers, guard, isSandboxed, signatures, carriesToken } = parts;
  return {
    isSandboxed,
    refusesHead: (head) => guard.refuses(head),
    identify(request) {
      const signed = carriesToken?.(request) === true ? undefined : signatures?.check(request);
      return signed?.ok === false ? signed : ok(callers.read(request));
    },
  };
}
