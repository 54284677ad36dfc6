import type { SettingsChange } from '../../src/queue/settings.ts';

/** A message as its sender names it: every accepted message has a body of its own, unless content is the deduplication id. */
export interface SentEntry {
  readonly body: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly delayMs?: number;
}

/** A message as a receiver got it. */
export interface Handed {
  readonly body: string;
  readonly id: string;
  readonly receipt: string;
  readonly receiveCount: number;
  readonly groupId?: string;
  readonly sequenceNumber?: string;
}

/** What a client asks. Queues are named by their name alone. */
export type Call = { readonly queue: string } & (
  | { readonly kind: 'create'; readonly settings: SettingsChange }
  | { readonly kind: 'delete' }
  | { readonly kind: 'change'; readonly change: SettingsChange }
  | { readonly kind: 'tag'; readonly value: string }
  | { readonly kind: 'send'; readonly entries: readonly SentEntry[] }
  | {
      readonly kind: 'receive';
      readonly maximum: number;
      readonly visibilityMs: number;
      readonly waitMs: number;
      readonly holder: 'client' | 'dispatcher';
      readonly attemptId?: string;
    }
  | { readonly kind: 'settle'; readonly handed: readonly Handed[] }
  | { readonly kind: 'extend'; readonly handed: readonly Handed[]; readonly visibilityMs: number }
  | { readonly kind: 'purge' }
  | { readonly kind: 'start-move'; readonly destination?: string; readonly perSecond?: number }
  | { readonly kind: 'cancel-move'; readonly id: string }
  /** An asynchronous event for the function whose inbox the queue is. */
  | { readonly kind: 'post'; readonly event: string; readonly requestId: string }
  /** The mapping of the queue is to work, or to pause. */
  | { readonly kind: 'enable'; readonly isEnabled: boolean }
);

/** What a client is told. */
export type Answer =
  | {
      readonly ok: true;
      readonly sent?: readonly { readonly id: string; readonly sequenceNumber?: string }[];
      readonly handed?: readonly Handed[];
      readonly outcomes?: readonly string[];
      readonly task?: string;
    }
  | { readonly ok: false; readonly failure: string };

/** What a queue says of itself. */
export interface Described {
  readonly queue: string;
  readonly messages: number;
  readonly tag: string | undefined;
}

/** What happens to an environment. */
export type EnvironmentStep = 'started' | 'ready' | 'start failed' | 'frozen' | 'thawed' | 'ended' | 'killed';

/** How an invocation ended, as it looks from inside its environment. */
export type InvocationEnd = 'answered' | 'failed' | 'crashed' | 'killed';

/** One thing that happened, seen from outside. */
export type Happening =
  | { readonly kind: 'began'; readonly operation: number; readonly call: Call }
  | { readonly kind: 'answered'; readonly operation: number; readonly answer: Answer }
  /** The platform has started. */
  | { readonly kind: 'opened' }
  /** The platform is gone; who waits for an answer gets none. */
  | { readonly kind: 'ended'; readonly how: 'killed' | 'stopped' | 'disk broke' }
  /** From now on the disk may refuse, or not any more. */
  | { readonly kind: 'disk'; readonly state: 'ill' | 'well' }
  /** All that was accepted for functions is over. */
  | { readonly kind: 'calm' }
  /** All is quiet, and from here on every queue is received and settled to its end. */
  | { readonly kind: 'drain'; readonly described: readonly Described[] }
  /** Every queue is empty, as far as receives tell. */
  | { readonly kind: 'drained'; readonly described: readonly Described[] }
  | { readonly kind: 'environment'; readonly environment: string; readonly what: EnvironmentStep }
  | {
      readonly kind: 'invocation-began';
      readonly environment: string;
      readonly requestId: string;
      readonly messages: readonly Handed[];
      /** The payload, when it is none of messages. */
      readonly event?: string;
    }
  | {
      readonly kind: 'invocation-ended';
      readonly environment: string;
      readonly requestId: string;
      readonly how: InvocationEnd;
      /** Ids of messages that the answer calls failed. */
      readonly failed: readonly string[];
    }
  /** What the owner of function and mapping has chosen. */
  | {
      readonly kind: 'limits';
      readonly concurrency: number;
      readonly reportsFailures: boolean;
      readonly maxReceiveCount: number;
      readonly retries: number;
    }
  /** The function has new code. */
  | { readonly kind: 'deployed' }
  /** A broken invariant, or an operation that never ended. */
  | { readonly kind: 'trouble'; readonly what: string };

/** A happening with the platform's time, and the number of its run. */
export type Fact = Happening & { readonly nowMs: number; readonly run: number };

/** An operation put together from the facts: `answeredAt` is Infinity when the client never got an answer. */
export interface Asked<Question extends Call> {
  readonly number: number;
  readonly call: Question;
  readonly run: number;
  /** Places in the history. */
  readonly beganAt: number;
  readonly beganMs: number;
  readonly answeredAt: number;
  readonly answeredMs: number;
  readonly answer: Answer | undefined;
}

/** An operation of one kind, or of any. */
export type Operation<Kind extends Call['kind'] = Call['kind']> = Asked<
  Extract<Call, { readonly kind: Kind }>
>;

/** A promise that was not kept. */
export interface Violation {
  /** Name of the checker that found it. */
  readonly checker: string;
  readonly sentence: string;
  /** The queue that it is about. */
  readonly queue?: string;
  /** Bodies of the messages that it is about. */
  readonly bodies?: readonly string[];
}
