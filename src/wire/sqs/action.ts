import type { Broker } from '../../broker/broker.ts';
import type { Result } from '../../base/result.ts';
import type { Caller } from '../caller.ts';
import type { WireRequest } from '../door.ts';
import type { Input } from '../input.ts';
import type { ImposedWaits } from './imposed-waits.ts';
import type { SqsFailure } from './sqs-errors.ts';

/** What an action works with, beside its input. */
export interface SqsContext {
  readonly broker: Broker;
  readonly caller: Caller;
  /** Scheme and authority that queue URLs begin with, as this client reaches us. */
  readonly origin: string;
  /** Given when the waits that AWS imposes are asked for. */
  readonly waits: ImposedWaits | undefined;
  /** The request: its signal aborts when nobody waits for the answer any more. */
  readonly request: Pick<WireRequest, 'signal' | 'headers'>;
}

/** The members of an answer; `undefined` members are left out. Undefined: the action answers nothing. */
export type Output = Readonly<Record<string, unknown>> | undefined;

/**
 * One action of SQS, free of any protocol: it reads its members, calls the broker and answers plain values.
 * Throws {@link ActionRefused} when it does not do what was asked.
 */
export type SqsAction = (input: Input, context: SqsContext) => Promise<Output>;

/** Unwinds an action that is not done. The door catches it: it is an answer, not a defect. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
  readonly failure: SqsFailure;

  constructor(failure: SqsFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Ends the action. */
export function refuse(failure: SqsFailure): never {
  throw new ActionRefused(failure);
}

/** The value of a good outcome; the action ends with the failure of a bad one. */
export function orRefuse<Value>(result: Result<Value, SqsFailure>): Value {
  return result.ok ? result.value : refuse(result.failure);
}
