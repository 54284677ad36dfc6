import { keyMay } from '../access/allowed-actions.ts';
import type { ConfiguredKey } from '../access/configured-keys.ts';
import { ok, type Result } from '../base/result.ts';
import type { PeerAddress } from '../sandbox/sandbox.ts';
import type { Caller, CallerReader } from './caller.ts';
import type { RequestHead, WireRequest } from './door.ts';
import type { Refusal } from './errors.ts';
import type { SignatureCheck } from './signature.ts';
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
  readonly guard: Pick<WebPageGuard, 'refuses'>;
  /** True for connections from inside a sandbox, which have an endpoint of their own. */
  readonly isSandboxed: (peer: PeerAddress) => Promise<boolean>;
  /** Given: every request must be signed with a configured key. Not given: any credentials are taken. */
  readonly signatures?: SignatureCheck<ConfiguredKey>;
  /** True for requests that carry a token of their own, which their door checks: they need no signature. */
  readonly carriesToken?: (head: RequestHead) => boolean;
}

/**
 * The gate of the main port: no web page, no sandbox, and whose signature is right where signatures are demanded, for what
 * the key that made it may do.
 */
export function mainGate(parts: MainGateParts): Gate {
  const { callers, guard, isSandboxed, carriesToken } = parts;
  const signaturesFor = (head: RequestHead): SignatureCheck<ConfiguredKey> | undefined =>
    carriesToken?.(head) === true ? undefined : parts.signatures;
  return {
    isSandboxed,
    refusesHead: (head) => guard.refuses(head) ?? signaturesFor(head)?.refusesHead(head),
    identify(request) {
      const signed = signaturesFor(request)?.check(request);
      if (signed === undefined) return ok(callers.read(request));
      if (!signed.ok) return signed;
      return ok({ ...callers.read(request), keyScope: signed.value.key.scope });
    },
    forbids(caller, action) {
      if (keyMay(caller.keyScope ?? 'all', action)) return undefined;
      return notAllowed(caller, action, 'this key may send messages and invoke functions, and nothing else');
    },
  };
}

/** Refuses what this caller may not do. */
export function notAllowed(caller: Caller, action: string | undefined, why: string): Refusal {
  return { kind: 'action-not-allowed', who: callerArn(caller), action: action ?? 'this action', why };
}

/** The ARN of who asks. */
export function callerArn({ account, accessKeyId, environmentId }: Caller): string {
  if (environmentId === undefined) return `arn:aws:iam::${account}:user/${accessKeyId}`;
  return `arn:aws:sts::${account}:assumed-role/environment/${environmentId}`;
}
