import type { QueueId } from '../base/ids.ts';
import type { Message } from '../message/message.ts';

/**
 * Version of what the changes below mean once they are durable. Adding an optional member keeps it; anything that an
 * older program would read wrongly raises it, and the store then refuses what it does not know.
 */
export const CHANGE_VERSION = 2;

/** Who holds a message that is hidden: a client, a dispatcher (its leases end with its run), or nobody (a delay). */
export type Holder = 'nobody' | 'client' | 'dispatcher';

/** Where a message stands in its queue; everything about it that changes after it was accepted. */
export interface MessageState {
  /** Whole milliseconds. Hidden until then: the end of a delay or of a lease; not after now when it is waiting. */
  readonly visibleAtMs: number;
  readonly holder: Holder;
  readonly receiveCount: number;
  /** 0 until it was received. */
  readonly firstReceivedAtMs: number;
  /** When the present lease began; 0 when there is none. */
  readonly leasedAtMs: number;
}

/**
 * Messages of consecutive places in a FIFO queue, four numbers each: a deduplication key of three (all zero: none), and the
 * milliseconds from `atMs` to its acceptance.
 */
export interface RememberedSends {
  readonly firstOrder: number;
  readonly atMs: number;
  readonly keys: Uint32Array;
}

/** Numbers that stand for one message in {@link RememberedSends}. */
export const REMEMBERED_NUMBERS = 4;

/** How long a FIFO queue remembers what it accepted: SQS's deduplication interval. */
export const REMEMBERED_MS = 300_000;

/** What is remembered together may have been accepted so long after its first message: more than the slowest commit takes. */
export const REMEMBERED_SPAN_MS = 60_000;

/** One step that may become durable. Messages are named by queue and `order`: their place, never used twice in a queue. */
export type Change =
  /** A queue is there, with this definition (JSON that the broker reads and writes). */
  | { readonly kind: 'queue-written'; readonly queue: QueueId; readonly definition: string }
  /** The queue and all it holds are gone. */
  | { readonly kind: 'queue-deleted'; readonly queue: QueueId }
  /** Every message up to and including this place is gone. */
  | { readonly kind: 'purged'; readonly queue: QueueId; readonly throughOrder: number }
  | {
      readonly kind: 'message-added';
      readonly queue: QueueId;
      readonly order: number;
      readonly message: Message;
      readonly state: MessageState;
    }
  | {
      readonly kind: 'message-moved';
      readonly queue: QueueId;
      readonly order: number;
      readonly state: MessageState;
    }
  | { readonly kind: 'message-removed'; readonly queue: QueueId; readonly order: number }
  /** The keys by which duplicates of what a FIFO queue has just accepted are known. */
  | { readonly kind: 'sends-remembered'; readonly queue: QueueId; readonly sends: RememberedSends }
  /** How many messages the queue holds after this group, and the first place not used yet. Once per queue and group. */
  | {
      readonly kind: 'counted';
      readonly queue: QueueId;
      readonly messages: number;
      readonly nextOrder: number;
    };
