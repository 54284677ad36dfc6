/** How one invocation ended. `payload` is what the caller gets, as bytes; everything else is for logs and verdicts. */
export type InvokeResult = InvokeEnd & InvokeFigures;

/** The ends an invocation can have. */
export type InvokeEnd =
  /** The handler answered. `isStreamed`: in pieces, which the sink of the request has taken; `payload` is empty. */
  | { readonly kind: 'answered'; readonly payload: Uint8Array; readonly isStreamed?: true }
  /** The handler failed and its runtime said how: `payload` is the runtime's error JSON. */
  | {
      readonly kind: 'function-error';
      readonly payload: Uint8Array;
      readonly errorType: string;
      readonly errorMessage: string;
    }
  /** The runtime could not load the code: `payload` is its error JSON. */
  | {
      readonly kind: 'init-error';
      readonly payload: Uint8Array;
      readonly errorType: string;
      readonly errorMessage: string;
    }
  /** The process ended without an answer. */
  | {
      readonly kind: 'exited';
      readonly during: 'init' | 'invoke';
      readonly payload: Uint8Array;
      readonly code?: number;
      readonly signal?: string;
      readonly outOfMemory: boolean;
    }
  | { readonly kind: 'timed-out'; readonly payload: Uint8Array }
  /** The answer was larger than 6,291,556 bytes, or than 200 MB when it came in pieces. */
  | { readonly kind: 'too-large'; readonly payload: Uint8Array }
  /** No environment could be had: the machine is full, or the sandbox did not start. `why` is a sentence. */
  | { readonly kind: 'no-room'; readonly why: string };

/** What an invocation took. */
export interface InvokeFigures {
  readonly environmentId?: string;
  readonly durationMs: number;
  /** Set when this invocation started its environment. */
  readonly initDurationMs?: number;
  readonly peakMemoryBytes?: number;
  /** The last 4 KiB of the invocation's log, START, END and REPORT included. */
  readonly logTail: Uint8Array;
}
