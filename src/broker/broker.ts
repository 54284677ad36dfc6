import type { MessageId, ReceiptHandle } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { StopSign } from '../base/stop-sign.ts';
import type { MessageAttributes } from '../message/attribute.ts';
import type { Delivery, Message } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { MoveOrder, MoveTask } from './move-task.ts';
import type { Peeked, PeekQuery } from './peek.ts';
import type { FifoSettings, QueueSettings, SettingsChange } from '../queue/settings.ts';

/** The queue named is not there (any more). */
export interface NoSuchQueue {
  readonly kind: 'no-such-queue';
  readonly queue: QueueKey;
}

/** Nothing was applied: too little disk space, too much waiting, or the platform is stopping. Try again later. */
export interface Unavailable {
  readonly kind: 'disk-full' | 'overloaded' | 'stopping';
}

/** Why a queue was not created. */
export type CreateFailure =
  | { readonly kind: 'exists-differently'; readonly setting: keyof QueueSettings | keyof FifoSettings }
  | DeadLetterFailure
  | Unavailable;

/** Why a redrive policy was refused. */
export type DeadLetterFailure =
  | { readonly kind: 'no-such-dead-letter-queue'; readonly queue: QueueKey }
  | { readonly kind: 'dead-letter-queue-of-other-type'; readonly queue: QueueKey }
  | { readonly kind: 'dead-letter-queue-refuses'; readonly queue: QueueKey };

/** A message to send. Its size and characters have been checked by the door. */
export interface SendEntry {
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Unset: the queue's own delay. */
  readonly delayMs?: number;
  readonly senderId: string;
  readonly traceHeader?: string;
  /** On a FIFO queue it must be there. */
  readonly groupId?: string;
  /** On a FIFO queue; unset: SHA-256 of the body. */
  readonly deduplicationId?: string;
}

/** What a sender learns of an accepted message. */
export interface Sent {
  readonly id: MessageId;
  readonly bodyMd5: string;
  readonly attributesMd5?: string;
  readonly sequenceNumber?: string;
}

/** A received message that is not to be tried again. */
export interface GivenUp {
  readonly receipt: ReceiptHandle;
  readonly message: Message;
  readonly cause: MessageAttributes;
}

/** What to receive. */
export interface ReceiveQuery {
  /** At most this many messages. */
  readonly maximum: number;
  /** At most this many bytes of bodies and attributes together; the first message always fits. Unset: no limit. */
  readonly maximumSizeBytes?: number;
  /** Unset: the queue's own visibility time-out. 0 leaves the messages visible. */
  readonly visibilityMs?: number;
  /** How long to wait for the first message. Unset: the queue's own waiting time. */
  readonly waitMs?: number;
  /** On a FIFO queue: the same id again brings the same again, for five minutes, if nothing of it has changed. */
  readonly attemptId?: string;
  /** Leases of a `dispatcher` open at once when the platform starts again. */
  readonly holder: 'client' | 'dispatcher';
  /** Aborting ends the wait; nothing is leased by an aborted receive. */
  readonly signal?: StopSign;
}

/** What became of one receipt handed back. */
export type SettleOutcome = 'settled' | 'receipt-invalid' | 'receipt-expired';

/** What became of one change of visibility. */
export type ExtendOutcome =
  | 'extended'
  | 'receipt-expired'
  | 'receipt-invalid'
  | 'not-in-flight'
  | 'message-gone'
  | 'beyond-twelve-hours';

/** A receipt and the time, from now, for which its message stays hidden; 0 shows it at once. */
export interface Extension {
  readonly receipt: ReceiptHandle;
  readonly visibilityMs: number;
  /** A dispatcher has done with it: it stays hidden until then, also over a restart. */
  readonly isReleased?: boolean;
}

/** What a queue is and holds at this moment. */
export interface QueueDescription {
  readonly key: QueueKey;
  readonly settings: QueueSettings;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** Messages that a receive could get now. */
  readonly visibleCount: number;
  /** Messages received and not settled. */
  readonly inFlightCount: number;
  /** Messages whose delay has not ended. */
  readonly delayedCount: number;
}

/** Tells of queues that come and go, after it is durable. */
export interface QueueListener {
  created?(queue: QueueKey): void;
  deleted?(queue: QueueKey): void;
}

/** Why a task did not begin. */
export type StartMoveFailure =
  | NoSuchQueue
  | Unavailable
  | { readonly kind: 'no-such-destination' }
  | { readonly kind: 'not-a-dead-letter-queue' }
  | { readonly kind: 'destination-is-source' }
  | { readonly kind: 'destination-of-other-type' }
  | { readonly kind: 'already-moving' };

/** Why a task was not cancelled. */
export type CancelMoveFailure =
  | NoSuchQueue
  | Unavailable
  | { readonly kind: 'no-such-task' }
  | { readonly kind: 'not-running' };

/**
 * Moving messages out of dead-letter queues. A task and each message that it moves are durable together: a message is
 * in one of the two queues at any time, and a task goes on after a restart.
 */
export interface Moves {
  /** Begins to move; one task at a time for each source. */
  start(source: QueueKey, order: MoveOrder): Promise<Result<MoveTask, StartMoveFailure>>;
  /** The last tasks of a source, newest first, at most ten. */
  list(source: QueueKey): Result<readonly MoveTask[], NoSuchQueue>;
  /** Ends a task after the step under way. */
  cancel(source: QueueKey, id: string): Promise<Result<MoveTask, CancelMoveFailure>>;
}

/**
 * The verbs on queues. Every answer means that what it says is synced to disk; the one exception
 * is the lease of a receive on a standard queue (see DESIGN decisions: a crash may offer the message again).
 * Queues whose name contains a character that SQS forbids (`:`) are internal and not listed.
 */
export interface Broker extends AsyncDisposable {
  /** Creates a queue; the same name with the same *given* settings is answered with success. */
  create(
    queue: QueueKey,
    given: SettingsChange,
    tags: Readonly<Record<string, string>>,
  ): Promise<Result<QueueDescription, CreateFailure>>;
  delete(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>>;
  describe(queue: QueueKey): Result<QueueDescription, NoSuchQueue>;
  /** Names of an account's queues in a region, sorted; internal ones are left out. */
  list(account: string, region: string, prefix?: string): readonly QueueKey[];
  change(
    queue: QueueKey,
    change: SettingsChange,
  ): Promise<Result<void, NoSuchQueue | DeadLetterFailure | Unavailable>>;
  /** Sets (text) and removes (`null`) tags. */
  tag(
    queue: QueueKey,
    change: Readonly<Record<string, string | null>>,
  ): Promise<Result<void, NoSuchQueue | Unavailable>>;
  purge(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>>;

  /** Accepts all entries or none; the answers stand in the order of the entries. */
  send(
    queue: QueueKey,
    entries: readonly SendEntry[],
  ): Promise<Result<readonly Sent[], NoSuchQueue | Unavailable>>;
  /** Leases what is visible, or waits for it. An empty list when the time is over or the signal aborted. */
  receive(
    queue: QueueKey,
    query: ReceiveQuery,
  ): Promise<
    Result<readonly Delivery[], NoSuchQueue | Unavailable | { readonly kind: 'too-many-in-flight' }>
  >;
  /** Resolves as soon as a receive would find something; leases nothing. Rejects with the signal's reason. */
  arrival(queue: QueueKey, signal: AbortSignal): Promise<Result<void, NoSuchQueue>>;
  /** Deletes received messages; the answers stand in the order of the receipts. */
  settle(
    queue: QueueKey,
    receipts: readonly ReceiptHandle[],
  ): Promise<Result<readonly SettleOutcome[], NoSuchQueue | Unavailable>>;
  /** Changes how long received messages stay hidden; the answers stand in order. */
  extend(
    queue: QueueKey,
    extensions: readonly Extension[],
  ): Promise<Result<readonly ExtendOutcome[], NoSuchQueue | Unavailable>>;

  /**
   * Hands received messages over to the dead-letter queue at once, each with its cause as attributes; durable when it answers. What is
   * not leased under its receipt any more stays. Without a dead-letter queue nothing happens.
   */
  giveUp(
    queue: QueueKey,
    given: readonly GivenUp[],
  ): Promise<Result<'handed-over' | 'no-dead-letter-queue', NoSuchQueue | Unavailable>>;
  /** Says why a received message could not be handled: should it become a dead letter, the cause goes with it as attributes. */
  blame(queue: QueueKey, id: MessageId, cause: MessageAttributes): void;

  /** Looks at messages without taking them; what is not durable yet is waited for. */
  peek(queue: QueueKey, query: PeekQuery): Promise<Result<readonly Peeked[], NoSuchQueue | Unavailable>>;
  /** Moving messages out of dead-letter queues. */
  readonly moves: Moves;

  /** Tells `listener` from now on; the answer ends it. */
  listen(listener: QueueListener): () => void;
}
