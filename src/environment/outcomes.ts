import type { SandboxExit } from '../sandbox/sandbox.ts';
import type { RuntimeFailure } from './door.ts';

/** Why an environment did not come to take its first invocation. */
export type StartFailure =
  /** The runtime said why. */
  | ({ readonly kind: 'init-failed' } & RuntimeFailure)
  /** The code, or what must run it, is not fit to be started; nothing was. `reason` is a sentence. */
  | { readonly kind: 'unfit'; readonly errorType: string; readonly reason: string }
  | { readonly kind: 'exited'; readonly exit: SandboxExit }
  | { readonly kind: 'init-timed-out'; readonly limitMs: number }
  /** Nothing is wrong with the function: this machine or this platform cannot run it now. */
  | { readonly kind: 'no-room'; readonly why: string };

/** How one invocation ended inside its environment. */
export type RunEnd =
  | { readonly kind: 'answered'; readonly payload: Uint8Array }
  /** The handler has answered in pieces, all of which have been passed on. */
  | { readonly kind: 'streamed' }
  | ({ readonly kind: 'failed' } & RuntimeFailure)
  | { readonly kind: 'too-large' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'exited'; readonly exit: SandboxExit };
