import type { RequestId } from '../base/ids.ts';
import type { SandboxExit } from '../sandbox/sandbox.ts';
import type { RunEnd, StartFailure } from './outcomes.ts';
import {
  exitErrorType,
  exitedPayload,
  exitText,
  payload,
  timedOutPayload,
  timedOutText,
  tooLargePayload,
} from './payloads.ts';
import type { InvokeEnd } from './result.ts';

const NOTHING = Buffer.alloc(0);

/** How an invocation that ran ends for its caller. */
export function invokeEnd(requestId: RequestId, end: RunEnd, timeoutMs: number): InvokeEnd {
  switch (end.kind) {
    case 'answered':
      return { kind: 'answered', payload: end.payload };
    case 'streamed':
      return { kind: 'answered', payload: NOTHING, isStreamed: true };
    case 'failed':
      return { ...pick(end), kind: 'function-error' };
    case 'too-large':
      return { kind: 'too-large', payload: tooLargePayload() };
    case 'timed-out':
      return { kind: 'timed-out', payload: timedOutPayload(requestId, timeoutMs) };
    case 'exited':
      return exited(requestId, end.exit, 'invoke');
  }
}

/** How an invocation ends for its caller when no environment came up for it. */
export function failedStartEnd(requestId: RequestId, failure: StartFailure): InvokeEnd {
  switch (failure.kind) {
    case 'init-failed':
      return { ...pick(failure), kind: 'init-error' };
    case 'unfit': {
      const errorMessage = `RequestId: ${requestId} Error: ${failure.reason}`;
      const { errorType } = failure;
      return { kind: 'init-error', payload: payload(errorType, errorMessage), errorType, errorMessage };
    }
    case 'exited':
      return exited(requestId, failure.exit, 'init');
    case 'init-timed-out':
      return { kind: 'timed-out', payload: timedOutPayload(requestId, failure.limitMs) };
    case 'no-room':
      return failure;
  }
}

/** What the log says of a start that failed, beyond what the runtime itself printed. */
export function failedStartLine(requestId: RequestId, failure: StartFailure): string | undefined {
  if (failure.kind === 'exited') {
    const what = `${exitText(failure.exit)} (${exitErrorType(failure.exit)}) during init`;
    return `RequestId: ${requestId} Error: ${what}${advice(failure.exit)}`;
  }
  if (failure.kind === 'init-timed-out') return `${requestId} ${timedOutText(failure.limitMs)} during init`;
  if (failure.kind === 'unfit')
    return `RequestId: ${requestId} Error: ${failure.reason} (${failure.errorType})`;
  return undefined;
}

/** What to do about a program that ended while it started. */
function advice(exit: SandboxExit): string {
  if (exit.kind === 'out-of-memory') return '. Give the function more memory';
  if (exit.kind === 'killed' && exit.signal === 'SIGILL')
    return '. It uses instructions that this processor lacks: build it for an older one';
  if (exit.kind !== 'exited') return '';
  if (exit.code === 0)
    return '. It ended without asking for an invocation: a bootstrap runs until it is ended';
  const missing =
    'A program or library that it needs is missing or cannot run here: see what it printed above';
  return exit.code === 126 || exit.code === 127 ? `. ${missing}, and bring it in the package or a layer` : '';
}

function pick(failure: {
  readonly payload: Uint8Array;
  readonly errorType: string;
  readonly errorMessage: string;
}) {
  return {
    payload: failure.payload,
    errorType: failure.errorType,
    errorMessage: failure.errorMessage,
  };
}

function exited(requestId: RequestId, exit: SandboxExit, during: 'init' | 'invoke'): InvokeEnd {
  return {
    kind: 'exited',
    during,
    payload: exitedPayload(requestId, exit),
    outOfMemory: exit.kind === 'out-of-memory',
    ...(exit.kind === 'exited' && { code: exit.code }),
    ...(exit.kind === 'killed' && { signal: exit.signal }),
  };
}
