import { environmentMay } from '../access/allowed-actions.ts';
import type { EnvironmentKey, EnvironmentKeys } from '../access/environment-keys.ts';
import type { Clock } from '../base/clock.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Caller } from './caller.ts';
import type { RequestHead, WireRequest } from './door.ts';
import type { Refusal } from './errors.ts';
import { notAllowed, type Gate } from './gate.ts';
import { SignatureCheck } from './signature.ts';

/**
 * The gate of the endpoint that code inside execution environments uses. Each request must be signed with the key
 * of a living environment, and is done in that environment's account, in the region that it was signed for.
 */
export class EnvironmentGate implements Gate {
  readonly #signatures: SignatureCheck<EnvironmentKey>;

  constructor({ keys, clock }: { readonly keys: EnvironmentKeys; readonly clock: Clock }) {
    this.#signatures = new SignatureCheck({ find: (accessKeyId) => keys.find(accessKeyId), clock });
  }

  refusesHead(head: RequestHead): Refusal | undefined {
    return this.#signatures.refusesHead(head);
  }

  identify(request: WireRequest): Result<Caller, Refusal> {
    const signed = this.#signatures.check(request);
    if (!signed.ok) return failed(signed.failure);
    const { account, accessKeyId, environmentId, trace } = signed.value.key;
    const { region } = signed.value.scope;
    return ok({
      account,
      region,
      accessKeyId,
      environmentId,
      ...(trace !== undefined && { traceId: trace }),
    });
  }

  forbids(caller: Caller, action: string | undefined): Refusal | undefined {
    if (action !== undefined && environmentMay(action)) return undefined;
    const why =
      'a function may use the messages of queues and invoke functions of its account, and nothing else';
    return notAllowed(caller, action, why);
  }
}
