import type { Broker } from '../../broker/broker.ts';
import type { Caller } from '../caller.ts';
import { originFor, type WireRequest } from '../door.ts';
import type { AwsError } from '../errors.ts';
import type { Input } from '../input.ts';
import { ActionRefused, type Output } from './action.ts';
import { sqsAction } from './actions.ts';
import type { ImposedWaits } from './imposed-waits.ts';
import { sqsError } from './sqs-errors.ts';

/** What the actions of SQS are done with, whatever protocol they come in. */
export interface SqsServiceParts {
  readonly broker: Broker;
  /** What queue URLs begin with; unset: as the client reached us. */
  readonly publicOrigin?: string | undefined;
  /** Given: the waits of AWS hold. One for all protocols. */
  readonly waits?: ImposedWaits;
}

/** Does an action by its name. Throws what {@link sqsErrorOf} knows when it is not done. */
export function callSqs(
  { broker, publicOrigin, waits }: SqsServiceParts,
  action: string,
  input: Input,
  request: WireRequest,
  caller: Caller,
): Promise<Output> {
  const origin = originFor(request, caller, publicOrigin);
  return sqsAction(action)(input, { broker, caller, origin, waits, request });
}

/** What a client is told of an action that was not done; undefined for a defect of ours. */
export function sqsErrorOf(thrown: unknown): AwsError | undefined {
  return thrown instanceof ActionRefused ? sqsError(thrown.failure) : undefined;
}
