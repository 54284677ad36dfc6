import type { RequestId } from '../base/ids.ts';
import { LARGEST_ANSWER_BYTES } from '../function/limits.ts';
import type { SandboxExit } from '../sandbox/sandbox.ts';

/*
 * What a caller gets when an invocation ends without an answer of its function: texts as recorded from AWS.
 */

/** The time-out was reached. */
export function timedOutPayload(requestId: RequestId, timeoutMs: number): Buffer {
  return payload('Sandbox.Timedout', `RequestId: ${requestId} Error: ${timedOutText(timeoutMs)}`);
}

/** `Task timed out after 3.00 seconds`. */
export function timedOutText(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}

/** The runtime's process ended. */
export function exitedPayload(requestId: RequestId, exit: SandboxExit): Buffer {
  return payload(exitErrorType(exit), `RequestId: ${requestId} Error: ${exitText(exit)}`);
}

/** The error type of an end without an answer. */
export function exitErrorType(exit: SandboxExit): string {
  return exit.kind === 'out-of-memory' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
}

/** How a process ended, in AWS's words. */
export function exitText(exit: SandboxExit): string {
  if (exit.kind === 'exited' && exit.code === 0) return 'Runtime exited without providing a reason';
  if (exit.kind === 'exited') return `Runtime exited with error: exit status ${exit.code}`;
  if (exit.kind === 'killed') return `Runtime exited with error: signal: ${signalText(exit.signal)}`;
  if (exit.kind === 'out-of-memory') return 'Runtime exited with error: signal: killed';
  return `Runtime did not start: ${exit.why}`;
}

/** The answer was larger than an answer may be. */
export function tooLargePayload(): Buffer {
  const message = `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER_BYTES} bytes).`;
  return Buffer.from(JSON.stringify({ errorMessage: message, errorType: 'Function.ResponseSizeTooLarge' }));
}

/** An error in the common form. */
export function payload(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }));
}

/** As Go prints signals, for AWS's supervisor is written in it. */
function signalText(signal: string): string {
  const texts: Readonly<Record<string, string>> = {
    SIGKILL: 'killed',
    SIGSEGV: 'segmentation fault',
    SIGABRT: 'aborted',
    SIGTERM: 'terminated',
    SIGINT: 'interrupt',
    SIGBUS: 'bus error',
    SIGILL: 'illegal instruction',
    SIGFPE: 'floating point exception',
  };
  return texts[signal] ?? signal;
}
