import type { RunId } from '../base/ids.ts';
import type { Message } from '../message/message.ts';
import type { Change } from '../store/change.ts';
import type { ExpiryPage, Page, PageQuery, StoredMessage } from '../store/queue-store.ts';
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
}

/** A message on its way into the queue. */
export interface Arrival {
  readonly message: Message;
  readonly delayMs: number;
  /** What it brings from the queue that it comes from. */
  readonly receiveCount: number;
  readonly firstReceivedAtMs: number;
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
      /** Whether the dead-letter queue of the settings is there; without it messages stay. */
      readonly deadLetterQueueExists: boolean;
    }
  | { readonly kind: 'settle'; readonly orders: readonly number[] }
  | { readonly kind: 'extend'; readonly order: number; readonly visibilityMs: number }
  | { readonly kind: 'purge' }
  | { readonly kind: 'configure'; readonly settings: QueueSettings }
  /** A page that was wanted has come. */
  | { readonly kind: 'page'; readonly query: PageQuery; readonly page: Page }
  /** Messages named by a late receipt have been looked up. */
  | { readonly kind: 'found'; readonly messages: readonly StoredMessage[] }
  /** The oldest messages, which were wanted, have come. */
  | { readonly kind: 'expiry'; readonly sentBeforeMs: number; readonly page: ExpiryPage }
  /** The platform has started: leases that dispatchers of former runs held end now. */
  | { readonly kind: 'open-dispatcher-leases' }
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
export type ExtendReply = 'extended' | 'not-in-flight' | 'message-gone' | 'beyond-twelve-hours';

/** What each command answers. */
export interface Replies {
  readonly send: undefined;
  readonly receive: {
    readonly kind: 'taken' | 'too-many-in-flight';
    readonly taken: readonly Taken[];
    /** Messages received too often: they leave this queue and must join the dead-letter queue in the same group. */
    readonly deadLetters: readonly Arrival[];
    /** The last group that any of the messages joined the queue with. */
    readonly addedInGroup: number;
  };
  readonly settle: undefined;
  readonly extend: ExtendReply;
  readonly purge: undefined;
  readonly configure: undefined;
  readonly page: undefined;
  readonly found: undefined;
  readonly expiry: undefined;
  readonly 'open-dispatcher-leases': undefined;
  readonly tick: undefined;
}

/** What the law needs from outside before it can go on. */
export interface Wants {
  /** Read this page and hand it back as a command. */
  readonly page?: PageQuery;
  /** Read the messages sent before this time and hand them back as a command. */
  readonly expiredBeforeMs?: number;
  /** Tick at this time. */
  readonly wakeAtMs?: number;
}

/** What a command did. */
export interface Applied<Reply> {
  readonly reply: Reply;
  /** To become durable together, in one group. */
  readonly changes: readonly Change[];
  readonly wants: Wants;
}
