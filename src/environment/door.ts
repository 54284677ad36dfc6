import type { RequestId } from '../base/ids.ts';
import type { Mount, SandboxedTree } from '../sandbox/sandbox.ts';
import type { Ended, TelemetrySink } from './telemetry/event.ts';
import type { InitializationType } from './variables.ts';

/** One invocation as a runtime gets it. */
export interface DoorInvocation {
  readonly requestId: RequestId;
  readonly functionArn: string;
  readonly deadlineMs: number;
  readonly remainingMs: number;
  readonly payload: Uint8Array;
  /** JSON text. */
  readonly clientContext?: string;
  readonly traceId?: string;
}

/** What a runtime says about an error: `payload` is its JSON as posted. */
export interface RuntimeFailure {
  readonly payload: Uint8Array;
  readonly errorType: string;
  readonly errorMessage: string;
}

/**
 * Which outputs carry a mark behind an invocation (1 stdout, 2 stderr; 0 none, since nothing was printed). Undefined: this runtime
 * marks nothing, and what it has printed must be asked for.
 */
export type Marks = number | undefined;

/** What a runtime says through its door. */
export type DoorEvent =
  /** The code is loaded, or the last invocation is over: the next may come. */
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'init-failed'; readonly marks: Marks } & RuntimeFailure)
  | { readonly kind: 'answered'; readonly payload: Uint8Array; readonly marks: Marks }
  /** The answer comes in pieces, then `streamed` or `failed`. */
  | { readonly kind: 'begun'; readonly contentType: string }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'streamed'; readonly marks: Marks }
  | ({ readonly kind: 'failed'; readonly marks: Marks } & RuntimeFailure)
  | { readonly kind: 'too-large'; readonly marks: Marks }
  /** It said what no runtime says; nothing of it can be trusted any more. */
  | { readonly kind: 'broken'; readonly what: string };

/** Hears a door; called in order, never after the door has closed. */
export type DoorListener = (event: DoorEvent) => void;

/**
 * Makes the door of one environment. `folder` is private to it and empty; its path is short. `hasExtensions`: programs of
 * their own run beside the runtime.
 */
export type OpenDoor = (
  folder: string,
  listener: DoorListener,
  hasExtensions: boolean,
) => Promise<EnvironmentDoor>;

/** Where the one runtime of an environment meets the platform. */
export interface Door extends AsyncDisposable {
  /** What the runtime needs to find the door. */
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Words before the runtime's command. */
  readonly prefix: readonly string[];
  /** Only processes of `tree` may speak from now on; before, nobody is answered. */
  admit(tree: SandboxedTree): void;
  /** Hands over an invocation; the runtime is ready. */
  send(invocation: DoorInvocation): void;
  /** Hears nothing more of an answer in pieces, so that its runtime waits, until `resume`; both may be repeated. */
  pause(): void;
  resume(): void;
  /** Once the environment's processes have ended: resolves when everything they had said is heard. */
  drained(): Promise<void>;
  /** Once the runtime's process has ended, while others of the environment go on: the same for what it had said. */
  left(): Promise<void>;
}

/** The door of a whole environment: its runtime's, and that of its extensions. */
export interface EnvironmentDoor extends Door {
  /**
   * Says whose environment it is and which extensions are programs of their own. These must register before the code is
   * loaded: `onComplete` is called when all have.
   */
  belongTo(facts: ExtensionFacts, external: readonly string[], onComplete?: () => void): void;
  /** How long the environment's end may take: 0 where nobody wants to know of it. */
  graceMs(reason: EndReason): number;
  /** Tells extensions that the environment ends. */
  shutdown(reason: EndReason, deadlineMs: number): void;
  /** What extensions have subscribed to is told to this. */
  readonly telemetry: TelemetrySink;
  /** What is under way, a start or an invocation, ends without a word of its runtime. */
  cutShort(ended: Ended): void;
  /** A program of its own that was an extension has ended by itself. */
  lostExtension(name: string, code: number): void;
}

/** Why an environment ends, in the words of AWS's Extensions API. */
export type EndReason = 'spindown' | 'timeout' | 'failure';

/** What extensions learn of the function: by telemetry, and when they register. */
export interface ExtensionFacts {
  readonly runtime: string;
  readonly memorySizeMb: number;
  readonly initialization: InitializationType;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
  readonly accountId: string;
}
