import type { RunEnd, StartFailure } from './outcomes.ts';
import { exitErrorType } from './payloads.ts';
import type { Ended } from './telemetry/event.ts';

/*
 * How things end, in the words of AWS's telemetry, which are those of JSON logs too.
 */

/** An invocation's end. */
export function endedOf(end: RunEnd): Ended {
  switch (end.kind) {
    case 'answered':
    case 'streamed':
      return { status: 'success' };
    case 'timed-out':
      return { status: 'timeout' };
    case 'exited':
      return { status: 'error', errorType: exitErrorType(end.exit) };
    case 'too-large':
      return { status: 'error', errorType: 'Function.ResponseSizeTooLarge' };
    case 'failed':
      return { status: 'error', errorType: end.errorType };
  }
}

/** The end of a start that failed. */
export function initEndedOf(failure: Exclude<StartFailure, { readonly kind: 'no-room' | 'unfit' }>): Ended {
  if (failure.kind === 'init-timed-out') return { status: 'timeout' };
  const errorType = failure.kind === 'exited' ? exitErrorType(failure.exit) : failure.errorType;
  return { status: 'error', errorType };
}
