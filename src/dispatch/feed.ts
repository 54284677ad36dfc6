import type { RequestId } from '../base/ids.ts';
import type { InvokeResult } from '../environment/result.ts';
import type { FunctionTarget } from '../function/function.ts';
import type { Delivery } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { PaceSignal } from './pace-signal.ts';

/** One message that a dispatcher has leased. */
export interface Taken {
  readonly delivery: Delivery;
  /** The message's part of the invocation's payload, JSON text. */
  readonly part: string;
  readonly takenAtMs: number;
  /** The queue's own visibility time-out when it was taken. */
  readonly visibilityMs: number;
  readonly leaseEndMs: number;
}

/** What becomes of one message after its invocation. */
export type Fate =
  | { readonly kind: 'done' }
  /** Offered again, not before `atMs`. */
  | { readonly kind: 'again'; readonly atMs: number };

/** What the invocation meant, for each message in the order of the batch and in one sentence. */
export interface Judgement {
  readonly fates: readonly Fate[];
  /** `OK`, or `PROBLEM: …`. */
  readonly result: string;
  /** What it says of what is behind the function; not given: nothing. */
  readonly signal?: PaceSignal;
}

/** How much of a feed goes into one invocation, and how many of those may run at once. */
export interface FeedSettings {
  readonly function: FunctionTarget;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly maximumConcurrency?: number;
  /** Whether concurrency follows what the function says of what is behind it. */
  readonly isPaced?: boolean;
}

/** What is invoked for a batch. */
export interface FeedRequest {
  readonly requestId: RequestId;
  readonly payload: Uint8Array;
  readonly clientContext?: string;
  /** The trace that the batch belongs to. */
  readonly traceId?: string;
  /** Where the batch itself names what is invoked; else it is the feed's function. */
  readonly target?: FunctionTarget;
}

/**
 * A queue that feeds a function: what tells a mapping from an inbox. The dispatcher takes, invokes and
 * settles in the same way for both; a feed says what the payload is and what an outcome means.
 */
export interface Feed {
  /** A name for those who watch: a mapping's UUID, or `inbox:NAME`. */
  readonly label: string;
  readonly queue: QueueKey;
  /** True when messages of one group are to be handled in the order in which they were sent. */
  readonly isOrdered: boolean;
  /** As they are now: they may change while the feed is being dispatched. */
  settings(): FeedSettings;
  /** Whether the function wants the message with this part; one that it does not want is deleted. Not given: it wants all. */
  wants?(part: string): boolean;
  /** A message's part of the payload, JSON text. */
  part(delivery: Delivery): string;
  request(batch: readonly Taken[]): FeedRequest;
  /** True when the batch has waited so long that it is not worth invoking (any more). */
  expired(batch: readonly Taken[]): boolean;
  /** What an outcome means; `undefined` when nothing was invoked (no room, expired, function gone). */
  judge(batch: readonly Taken[], result: InvokeResult | undefined): Judgement;
  /**
   * Passes on what must be known elsewhere before the messages are settled. What cannot be passed on now is offered
   * again: the fates answered are those that hold.
   */
  passOn?(
    batch: readonly Taken[],
    result: InvokeResult | undefined,
    fates: readonly Fate[],
  ): Promise<readonly Fate[]>;
  /** What their fates say of these is durable. */
  written?(batch: readonly Taken[]): void;
  /** True when a batch that ended so is to be run again in halves, until what ended it stands alone. */
  divides?(result: InvokeResult | undefined): boolean;
  /** True when messages that the function has sent itself again and again are to be taken out of its batches. */
  readonly stopsLoops?: boolean;
  /** Takes note of how the last round went, in a sentence. */
  report(result: string): void;
}
