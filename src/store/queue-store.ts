import type { QueueId, RunId } from '../base/ids.ts';
import type { Message } from '../message/message.ts';
import type { Change, MessageState, RememberedSends } from './change.ts';

/** A hidden message as it is known at the start: where it stands, without its body. */
export interface StoredPlace {
  readonly order: number;
  readonly state: MessageState;
  readonly sentAtMs: number;
  /** Number of its message group's lane; 0 for none. */
  readonly lane: number;
}

/** A message as the store keeps it. */
export interface StoredMessage {
  readonly order: number;
  readonly message: Message;
  readonly state: MessageState;
}

/** One queue as the store knows it; nothing here grows with the messages that wait. */
export interface StoredQueue {
  readonly queue: QueueId;
  readonly definition: string;
  readonly messages: number;
  readonly nextOrder: number;
  /** Every message with a holder that was still hidden at the time asked for. */
  readonly leases: readonly StoredPlace[];
  /** Messages whose delay had not ended, earliest first, at most `DELAYED_AT_START` of them. */
  readonly delayed: readonly StoredPlace[];
  /** A time that no message of the queue was sent before; undefined when it holds none. */
  readonly oldestSentAtMs: number | undefined;
  /** No message of the queue becomes visible, or became so, before this time; undefined when it holds none. */
  readonly firstVisibleAtMs: number | undefined;
  /** Whether any of its messages has a message group. */
  readonly hasLanes: boolean;
}

/** How many delayed messages of a queue are named at the start. */
export const DELAYED_AT_START = 10_000;

/** What a store holds when it is opened. */
export interface StoreOpening {
  /** Number of this run: one more than the last. */
  readonly run: RunId;
  /** `atMs` of the last committed group; 0 for a new store. */
  readonly lastDurableMs: number;
  /** The first queue id that was never used. */
  readonly nextQueueId: QueueId;
  readonly queues: readonly StoredQueue[];
}

/** A place in the line of waiting messages: by the time they became visible, then by order. */
export interface PageCursor {
  readonly visibleAtMs: number;
  readonly order: number;
}

/** Which waiting messages to page back. */
export interface PageQuery {
  readonly queue: QueueId;
  /** Strictly after this place. */
  readonly after: PageCursor;
  /** Only messages with `visibleAtMs` below this. */
  readonly visibleBeforeMs: number;
  readonly limit: number;
  /** Stops before this many bytes of messages are exceeded; the first always comes. */
  readonly limitSizeBytes: number;
}

/** Messages that were read, in line. Each may be made anew whenever it is asked for: of most nothing need be in memory but their bytes. */
export interface StoredMessages extends Iterable<StoredMessage> {
  readonly length: number;
  /** The message of this number, the last for -1; undefined when there is none. */
  at(index: number): StoredMessage | undefined;
  /** Gives back at once what they take in memory: none of them is asked for any more. */
  release?(): void;
}

/** Waiting messages in line. */
export interface Page {
  readonly messages: StoredMessages;
  /** About what they take in memory as long as they are kept together. */
  readonly sizeBytes: number;
  /** When the next message after the page becomes visible; undefined when none is left. May be in the past. */
  readonly nextVisibleAtMs: number | undefined;
}

/** Which resting messages of which lanes to page back. */
export interface LanePageQuery {
  readonly queue: QueueId;
  /** Lanes to go on with, each from a place on, through `throughOrder`. */
  readonly lanes: readonly { readonly lane: number; readonly fromOrder: number }[];
  readonly throughOrder: number;
  /** Messages of all lanes are looked at in the order of their places, behind this one; undefined: none are. */
  readonly afterOrder: number | undefined;
  /** Lanes that are passed over on that way. */
  readonly without: readonly number[];
  /** Messages with `visibleAtMs` from this on are hidden. */
  readonly visibleBeforeMs: number;
  /** Set on a FIFO queue: a message never received is hidden so long after it was sent, and its lane behind it. */
  readonly delayMs: number | undefined;
  /** Messages that are looked at on that way at most. */
  readonly lookCount: number;
  /** Messages of one lane. */
  readonly perLane: number;
  readonly limit: number;
  /** Stops before this many bytes of messages are exceeded; the first always comes. */
  readonly limitSizeBytes: number;
}

/** What a page says of one lane: first the lanes that were named, then those found. */
export interface LanePart {
  readonly lane: number;
  /** How many of the page's messages are of this lane. */
  readonly count: number;
  /** From this place on more of the lane may stand, in front of where the look ended; undefined: nothing does. */
  readonly nextOrder: number | undefined;
  /** On a FIFO queue: that message is hidden until this time, and nothing was read behind it. */
  readonly hiddenUntilMs: number | undefined;
}

/** Messages of lanes, lane by lane and in order inside each. */
export interface LanePage {
  readonly messages: StoredMessages;
  /** The place of each of the messages. */
  readonly orders: ArrayLike<number>;
  /** About what the messages take in memory as long as they are kept together. */
  readonly sizeBytes: number;
  readonly parts: readonly LanePart[];
  /** The last place that was looked at on the way behind `afterOrder`; that place itself when nothing stands behind it. */
  readonly lastOrder: number;
  /** Nothing stands behind `lastOrder`. */
  readonly isLast: boolean;
  /** On a FIFO queue: the way ended before a message that is hidden until this time. */
  readonly nextVisibleAtMs: number | undefined;
}

/** What a FIFO queue remembers of its sends. */
export interface SendsPage {
  /** In order of places. */
  readonly sends: readonly RememberedSends[];
  readonly isLast: boolean;
}

/** The oldest messages of a queue, to be forgotten. */
export interface ExpiryPage {
  /** Sent before the time asked for, oldest first. */
  readonly places: readonly StoredPlace[];
  /** When the oldest message not named here was sent; undefined when none is left. */
  readonly nextSentAtMs: number | undefined;
}

/** `disk-full`: nothing of the group was applied, and later groups may succeed. */
export type CommitOutcome = 'committed' | 'disk-full';

/**
 * Where changes become durable and waiting messages rest. One owner calls it; groups are committed one after the other,
 * in order. Reads see every group whose `commit` has resolved before they were asked, and possibly later ones.
 * Every failure other than a full disk rejects and means that nothing more can be promised: the process must end.
 */
export interface QueueStore extends AsyncDisposable {
  /** What the store held when it was opened; leases and delays as of `nowMs`. Asked once, before anything else. */
  open(nowMs: number): Promise<StoreOpening>;
  /**
   * Makes a group durable: all of it or nothing. `atMs` is the time of the group and rises. A group may be handed over
   * before the one before it has been answered; one that was handed over before a `disk-full` had been heard of was
   * decided on top of what is lost, and ends as `disk-full` too.
   */
  commit(group: readonly Change[], atMs: number): Promise<CommitOutcome>;
  /** Waiting and lapsed messages in line after a place. */
  page(query: PageQuery): Promise<Page>;
  /** Resting messages by lane. */
  lanePage(query: LanePageQuery): Promise<LanePage>;
  /** What a FIFO queue remembers of places from `fromOrder` on, accepted since a time; a bounded part of it. */
  rememberedSends(queue: QueueId, fromOrder: number, sinceMs: number): Promise<SendsPage>;
  /** The messages at these places, as far as they are there. */
  read(queue: QueueId, orders: readonly number[]): Promise<readonly StoredMessage[]>;
  /** Messages sent before a time, oldest first. */
  expired(queue: QueueId, sentBeforeMs: number, limit: number): Promise<ExpiryPage>;
  /** One queue as it is durable now, leases and delays as of `nowMs`; undefined when it is not there. */
  reload(queue: QueueId, nowMs: number): Promise<StoredQueue | undefined>;
  /** True while free space is below the reserve: sends are to be refused, everything else goes on. */
  spaceIsLow(): boolean;
}
