import type { Lease } from './group.ts';
import type { StartFailure } from './outcomes.ts';

/** The answer of whoever cannot have an environment, for no fault of the function. `why` is a sentence. */
export function noRoom(why: string): Lease & { readonly kind: 'failed' } {
  return { kind: 'failed', failure: { kind: 'no-room', why } };
}

/** A failed start in the operator's log. */
export function describeFailure(failure: StartFailure): string {
  switch (failure.kind) {
    case 'init-failed':
      return failure.errorMessage;
    case 'unfit':
      return failure.reason;
    case 'no-room':
      return failure.why;
    default:
      return failure.kind;
  }
}
