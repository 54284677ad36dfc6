import type { MessageId, RunId } from '../base/ids.ts';
import type { Message } from '../message/message.ts';
import type { Change } from '../store/change.ts';
import type { DeduplicationKey } from '../message/deduplication.ts';
import type {
  ExpiryPage,
  LanePage,
  LanePageQuery,
  Page,
  PageQuery,
  SendsPage,
  StoredMessage,
} from '../store/queue-store.ts';
import type { QueueSettings } from './settings.ts';

/** When a command is applied, and how far the disk has come. */
export interface Moment {
  /** Whole milliseconds; never goes back. */
  readonly nowMs: number;
  /** Number of the group that the command's changes will join. */
  readonly group: number;
  /** Number of the last group that holds any change: the one before `group` while that one is empty. */
  readonly latestGroup: number;
  /** Number of the last durable group. */
  readonly durableGroup: number;
  /** Every change applied before this time is durable. */
  readonly durableThroughMs: number;
  /** Bytes of messages that a queue may hold now, if that is less than its window. */
  readonly mostHeldBytes?: number;
}

/** A read of the store that was asked for: it shows every group up to this one, and possibly later ones. */
export interface Reading {
  readonly throughGroup: number;
}

/** A message on its way into the queue. */
export interface Arrival {
  readonly message: Message;
  readonly delayMs: number;
  /** What it brings from the queue that it comes from. */
  readonly receiveCount: number;
  readonly firstReceivedAtMs: number;
  /** Set by who sends to a FIFO queue: duplicates are known by it. Unset for what comes from another queue. */
  readonly deduplicationKey?: DeduplicationKey;
}

/** What became of what was sent to a FIFO queue; a duplicate gets what its original got. */
export interface Accepted {
  readonly id: MessageId;
  readonly sequenceNumber: string;
  readonly isDuplicate: boolean;
}

/** Everything that can be asked of the law of one queue. */
export type Command =
  | { readonly kind: 'send'; readonly arrivals: readonly Arrival[] }
  | {
      readonly kind: 'receive';
      readonly maximum: number;
      readonly maximumSizeBytes: number;
      readonly visibilityMs: number;
      readonly holder: 'client' | 'dispatcher';
      readonly run: RunId;
      /** On a FIFO queue: the same id again brings the same again, for five minutes, if nothing of it has changed. */
      readonly attemptId?: string;
      /** Whether the dead-letter queue of the settings is there; without it messages stay. */
      readonly deadLetterQueueExists: boolean;
    }
  /**
   * `resting`: those of them that were found in the store, in this same turn. `receiveCounts` are those of the receipts, in
   * the order of `orders`: on a FIFO queue a receipt is good only while its own lease lasts.
   */
  | {
      readonly kind: 'settle';
      readonly orders: readonly number[];
      readonly resting: readonly number[];
      readonly receiveCounts?: readonly number[];
    }
  /** Messages with what their receipts say; the dead-letter queue is there. */
  | {
      readonly kind: 'give-up';
      readonly given: readonly {
        readonly order: number;
        readonly receiveCount: number;
        readonly message: Message;
      }[];
    }
  | {
      readonly kind: 'extend';
      readonly order: number;
      readonly visibilityMs: number;
      /** Whether the message was found in the store, in this same turn. */
      readonly isResting: boolean;
      /** That of the receipt: see `settle`. */
      readonly receiveCount?: number;
      /** A dispatcher has done with it: the start of another run does not open its lease. */
      readonly isReleased?: boolean;
    }
  /** `sources`: the queues, by ARN, to which a dead letter may go back; unset: every message may go. */
  | {
      readonly kind: 'take-out';
      readonly maximum: number;
      /** The first message always fits. */
      readonly maximumSizeBytes: number;
      readonly sources?: ReadonlySet<string>;
    }
  /** Somebody wants messages: what rests may be read from now on. A receive and a take-out say it too. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'purge' }
  | { readonly kind: 'configure'; readonly settings: QueueSettings }
  /** A page that was wanted has come. */
  | { readonly kind: 'page'; readonly query: PageQuery; readonly page: Page }
  /** A page of lanes that was wanted has come. */
  | { readonly kind: 'lane-page'; readonly query: LanePageQuery; readonly page: LanePage }
  /** What the store remembers of the sends of a FIFO queue, which was wanted, has come. */
  | { readonly kind: 'sends'; readonly page: SendsPage }
  /** Receipts name these messages. */
  | { readonly kind: 'look-up'; readonly orders: readonly number[] }
  /** The messages of a look-up have been read. */
  | { readonly kind: 'found'; readonly reading: Reading; readonly messages: readonly StoredMessage[] }
  /** The oldest messages, which were wanted, have come. */
  | { readonly kind: 'expiry'; readonly sentBeforeMs: number; readonly page: ExpiryPage }
  /** The platform has started: leases that dispatchers of former runs held end now. */
  | { readonly kind: 'open-dispatcher-leases' }
  /** The store is looked at, or closed: what it does not know of leases is written now. */
  | { readonly kind: 'write-leases' }
  /** Time has passed, or the disk has come further. */
  | { readonly kind: 'tick' };

/** A message taken by a receive. */
export interface Taken {
  readonly message: Message;
  readonly order: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs: number;
}

/** What became of a change of visibility. */
export type ExtendReply =
  | 'extended'
  | 'receipt-expired'
  | 'not-in-flight'
  | 'message-gone'
  | 'beyond-twelve-hours';

/** What must be read in the store before receipts can be honoured. */
export interface LookUp {
  readonly orders: readonly number[];
  readonly reading: Reading;
}

/** What became of a look-up. */
export interface Found {
  /** The places of those that rest in the store. */
  readonly resting: readonly number[];
  /** False when one of them may have changed since it was read: look up again. */
  readonly isSure: boolean;
}

/** What each command answers. */
export interface Replies {
  /** On a FIFO queue: what became of each arrival. */
  readonly send: readonly Accepted[] | undefined;
  readonly receive: {
    readonly kind: 'taken' | 'too-many-in-flight';
    readonly taken: readonly Taken[];
    /** Messages received too often: they leave this queue and must join the dead-letter queue in the same group. */
    readonly deadLetters: readonly Arrival[];
    /** The last group that any of the messages joined the queue with. */
    readonly addedInGroup: number;
  };
  /** On a FIFO queue: which of the orders were named by a receipt whose lease is over; they stay. */
  readonly settle: readonly boolean[] | undefined;
  /** They left this queue and must join the dead-letter queue in the same group. */
  readonly 'give-up': readonly Arrival[];
  readonly extend: ExtendReply;
  readonly 'take-out': {
    /** They left this queue and must join another in the same group. */
    readonly arrivals: readonly Arrival[];
    /** The source, if it has one, of the message that may not go where the command says. */
    readonly stoppedBefore: { readonly source: string | undefined } | undefined;
  };
  readonly wake: undefined;
  readonly purge: undefined;
  readonly configure: undefined;
  readonly page: undefined;
  readonly 'lane-page': undefined;
  readonly sends: undefined;
  readonly 'look-up': LookUp | undefined;
  readonly found: Found;
  readonly expiry: undefined;
  readonly 'open-dispatcher-leases': undefined;
  readonly 'write-leases': undefined;
  readonly tick: undefined;
}

/** What the law needs from outside before it can go on. */
export interface Wants {
  /** Read this page and hand it back as a command. */
  readonly page?: PageQuery;
  /** Read this page of lanes and hand it back as a command. */
  readonly lanePage?: LanePageQuery;
  /** Read what is remembered of sends from this place and time on, and hand it back as a command. */
  readonly sends?: { readonly fromOrder: number; readonly sinceMs: number };
  /** Read the messages sent before this time and hand them back as a command. */
  readonly expiredBeforeMs?: number;
  /** Tick at this time. */
  readonly wakeAtMs?: number;
  /** Tick as soon as the disk has come further: a group is on its way. */
  readonly disk?: true;
}

/** {@link Wants} while it is being put together. */
export type Wanted = { -readonly [Name in keyof Wants]: Wants[Name] };

/** What a command did. */
export interface Applied<Reply> {
  readonly reply: Reply;
  /** To become durable together, in one group. */
  readonly changes: readonly Change[];
  readonly wants: Wants;
}
