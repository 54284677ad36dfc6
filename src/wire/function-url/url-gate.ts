import { failed, ok, type Result } from '../../base/result.ts';
import type { FunctionUrl } from '../../function/function-urls.ts';
import type { PeerAddress } from '../../sandbox/sandbox.ts';
import type { Caller } from '../caller.ts';
import type { RequestHead, WireRequest } from '../door.ts';
import type { Refusal } from '../errors.ts';
import { notAllowed, type Gate } from '../gate.ts';
import { readSignatureClaim } from '../signature-claim.ts';
import { isPreflight } from './cors.ts';
import { foreignPage } from './foreign-page.ts';
import type { UrlHosts } from './url-hosts.ts';

/** What IAM calls a request to a function URL. */
export const URL_ACTION = 'lambda:InvokeFunctionUrl';

/** What {@link UrlGate} works with. */
export interface UrlGateParts {
  readonly hosts: UrlHosts;
  /** Who may come in with a signature, where a URL demands one. */
  readonly signed: Gate;
  /** Who may come in where the host is none of a function URL. */
  readonly others: Gate;
}

/**
 * The gate of a port with function URLs. Who may call them: pages of other origins by the Cors of the URL; whoever knows it when its
 * AuthType is NONE; else who signs, for the service `lambda`, with a key that is taken at this port.
 */
export class UrlGate implements Gate {
  readonly #parts: UrlGateParts;

  constructor(parts: UrlGateParts) {
    this.#parts = parts;
  }

  isSandboxed(peer: PeerAddress): Promise<boolean> {
    return this.#parts.others.isSandboxed?.(peer) ?? Promise.resolve(false);
  }

  refusesHead(head: RequestHead): Refusal | undefined {
    const asked = this.#parts.hosts.read(head);
    if (asked === undefined) return this.#parts.others.refusesHead?.(head);
    if (asked.url === undefined) return { kind: 'no-such-url' };
    const { cors } = asked.url.settings;
    if (isAnsweredPreflight(asked.url, head)) return undefined;
    const why = foreignPage(head, cors);
    if (why !== undefined) return { kind: 'web-page', why };
    return isOpen(asked.url) ? undefined : (claimFault(head) ?? this.#parts.signed.refusesHead?.(head));
  }

  identify(request: WireRequest): Result<Caller, Refusal> {
    const asked = this.#parts.hosts.read(request);
    if (asked === undefined) return this.#parts.others.identify(request);
    if (asked.url === undefined) return failed({ kind: 'no-such-url' });
    const { account, region } = asked.url.function;
    if (isOpen(asked.url) || isAnsweredPreflight(asked.url, request))
      return ok({ account, region, accessKeyId: '', isAnonymous: true });
    const caller = this.#parts.signed.identify(request);
    if (!caller.ok || caller.value.environmentId === undefined || caller.value.account === account)
      return caller;
    const why = 'a function reaches functions of its own account alone';
    return failed(notAllowed(caller.value, URL_ACTION, why));
  }

  forbids(caller: Caller, action: string | undefined): Refusal | undefined {
    if (action === URL_ACTION && caller.isAnonymous === true) return undefined;
    return this.#parts.others.forbids?.(caller, action);
  }
}

/** A question of a browser that the Cors of the URL answers: it is never signed. */
function isAnsweredPreflight({ settings }: FunctionUrl, head: RequestHead): boolean {
  return settings.cors !== undefined && isPreflight(head);
}

function isOpen({ settings }: FunctionUrl): boolean {
  return settings.authType === 'NONE';
}

/** What is wrong with a signature whoever made it. */
function claimFault(head: RequestHead): Refusal | undefined {
  const claim = readSignatureClaim(head);
  if (claim === undefined) return { kind: 'not-signed' };
  const why =
    typeof claim === 'string'
      ? claim
      : `Credential should be scoped to correct service: 'lambda', not '${claim.scope.service.slice(0, 50)}'.`;
  const isRight = typeof claim !== 'string' && claim.scope.service === 'lambda';
  return isRight ? undefined : { kind: 'signature-unreadable', why };
}
