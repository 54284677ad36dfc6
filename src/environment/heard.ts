import type { SandboxExit } from '../sandbox/sandbox.ts';
import type { DoorEvent } from './door.ts';
import type { RunEnd, StartFailure } from './outcomes.ts';
import type { Relay } from './relay.ts';

/** What may be heard of an environment while it starts or runs an invocation. */
export type Heard =
  | DoorEvent
  | { readonly kind: 'exit'; readonly exit: SandboxExit }
  | { readonly kind: 'deadline' };

/** Leads what is heard to who listens now; what is said before anybody has listened is kept until then. */
export class Listening {
  readonly #early: Heard[] = [];
  #hear: (heard: Heard) => void = (heard) => this.#early.push(heard);

  say(heard: Heard): void {
    this.#hear(heard);
  }

  listen(hear: (heard: Heard) => void): void {
    this.#hear = hear;
    for (const heard of this.#early.splice(0)) hear(heard);
  }
}

/** What it means for a start that the processes have ended. */
export function startFailureOf(exit: SandboxExit): StartFailure {
  return exit.kind === 'not-started' ? { kind: 'no-room', why: exit.why } : { kind: 'exited', exit };
}

/** How an invocation has ended by this; undefined: it has not. */
export function runEndOf(heard: Heard, relay: Relay): RunEnd | undefined {
  switch (heard.kind) {
    case 'streamed':
      return { kind: relay.isTooLarge ? 'too-large' : 'streamed' };
    case 'answered':
    case 'failed':
    case 'too-large':
      return heard;
    case 'exit':
      return { kind: 'exited', exit: heard.exit };
    case 'deadline':
      return { kind: 'timed-out' };
    default:
      return undefined;
  }
}
