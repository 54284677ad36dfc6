import type { Clock } from '../../base/clock.ts';
import type { QueueId } from '../../base/ids.ts';
import type { Change } from '../change.ts';
import {
  DELAYED_AT_START,
  type CommitOutcome,
  type ExpiryPage,
  type LanePage,
  type LanePageQuery,
  type Page,
  type PageQuery,
  type QueueStore,
  type SendsPage,
  type StoredMessage,
  type StoredQueue,
  type StoreOpening,
} from '../queue-store.ts';
import type { FreeSpace } from './free-space.ts';
import { packGroup } from './group-code.ts';
import { buffersOf } from './packed.ts';
import type { Opened, ReaderQuestions, WriterQuestions } from './questions.ts';
import type { StoreThread } from './store-thread.ts';
import { unpackPlaces, unpackQueues, unpackSends } from './unpack-answers.ts';
import { unpackLanePage } from './unpack-lanes.ts';
import { PackedMessages, unpackMessages } from './unpack-messages.ts';

/** What {@link SqliteQueues} needs. */
export interface SqliteQueuesOptions {
  readonly writer: StoreThread<WriterQuestions>;
  /** Starts the reading thread at the first call, and answers the same one ever after. */
  readonly reader: () => StoreThread<ReaderQuestions>;
  readonly opened: Opened;
  readonly space: FreeSpace;
  readonly clock: Clock;
  /** Ends both threads. */
  readonly close: () => Promise<void>;
}

/** How long a full disk is waited for before what waits to be read is brought to its rows again. */
const FULL_MS = 100;

/** Queues as tables of the database: groups to the writing thread, questions for messages to the reading one. */
export class SqliteQueues implements QueueStore {
  readonly #options: SqliteQueuesOptions;
  #fullHeard = 0;
  /** Something was said of messages since all of it was last brought to their rows. */
  #mayBeKept = false;
  /** Settled when they are in their rows; undefined while none is brought there. */
  #moving: Promise<void> | undefined;
  /** Questions that wait for that. */
  readonly #reads = new Set<Promise<unknown>>();
  #isEnding = false;

  constructor(options: SqliteQueuesOptions) {
    this.#options = options;
  }

  async open(nowMs: number): Promise<StoreOpening> {
    const { writer, opened } = this.#options;
    const loaded = await writer.ask('all-queues', { nowMs, delayedLimit: DELAYED_AT_START });
    const hasBacklog = loaded.queues.some(({ messages }) => messages > 0);
    if (hasBacklog) this.#options.reader(); // soon asked for pages: it may start now
    return {
      run: opened.run,
      lastDurableMs: opened.lastDurableMs,
      nextQueueId: loaded.nextQueue as QueueId,
      queues: unpackQueues(loaded),
    };
  }

  async commit(group: readonly Change[], atMs: number): Promise<CommitOutcome> {
    const packed = packGroup(group, atMs);
    const fullHeard = this.#fullHeard;
    const handed = { ...packed, fullHeard };
    this.#mayBeKept ||= group.some((change) => 'order' in change);
    const outcome = await this.#options.writer.ask('commit', handed, buffersOf(packed));
    // Only the first answer of a full disk is news: the groups behind it were refused because of it.
    if (outcome === 'disk-full' && fullHeard === this.#fullHeard) this.#fullHeard += 1;
    return outcome === 'durable' ? 'committed' : outcome;
  }

  async page(query: PageQuery): Promise<Page> {
    const { queue, after, visibleBeforeMs, limit, limitSizeBytes } = query;
    const ask = { queue, afterMs: after.visibleAtMs, afterOrder: after.order };
    const limits = { visibleBeforeMs, limit, limitSizeBytes };
    const packed = await this.#ask('page', { ...ask, ...limits });
    const messages = new PackedMessages(packed);
    return { messages, sizeBytes: messages.sizeBytes, nextVisibleAtMs: packed.nextMs };
  }

  async lanePage(query: LanePageQuery): Promise<LanePage> {
    return unpackLanePage(await this.#ask('lane-page', query));
  }

  async rememberedSends(queue: QueueId, fromOrder: number, sinceMs: number): Promise<SendsPage> {
    const ask = { queue, fromOrder, sinceMs };
    const { isLast, ...packed } = await this.#options.reader().ask('remembered-sends', ask);
    return { sends: unpackSends(packed), isLast };
  }

  async read(queue: QueueId, orders: readonly number[]): Promise<readonly StoredMessage[]> {
    return unpackMessages(await this.#ask('read', { queue, orders }));
  }

  async expired(queue: QueueId, sentBeforeMs: number, limit: number): Promise<ExpiryPage> {
    const packed = await this.#ask('expired', { queue, sentBeforeMs, limit });
    return { places: unpackPlaces(packed), nextSentAtMs: packed.nextMs };
  }

  async reload(queue: QueueId, nowMs: number): Promise<StoredQueue | undefined> {
    const ask = { queue, nowMs, delayedLimit: DELAYED_AT_START };
    const packed = await this.#options.writer.ask('one-queue', ask);
    return unpackQueues(packed)[0];
  }

  /** What was asked has been answered; asked before the threads end. */
  async idle(): Promise<void> {
    this.#isEnding = true;
    await Promise.allSettled(this.#reads);
  }

  /** Asks the reading thread, once every message of the groups so far stands where it looks. */
  async #ask<Kind extends keyof ReaderQuestions>(
    kind: Kind,
    ask: ReaderQuestions[Kind]['ask'],
  ): Promise<ReaderQuestions[Kind]['answer']> {
    const inRows = this.#inRows();
    if (inRows === undefined) return this.#options.reader().ask(kind, ask);
    const read = inRows.then(() => this.#options.reader().ask(kind, ask));
    this.#reads.add(read);
    return read.finally(() => this.#reads.delete(read));
  }

  #inRows(): Promise<void> | undefined {
    if (!this.#mayBeKept) return this.#moving;
    this.#mayBeKept = false;
    const moving = this.#moveToRows().finally(() => {
      if (this.#moving === moving) this.#moving = undefined;
    });
    this.#moving = moving;
    return moving;
  }

  /** A disk that is so full that this is not possible is waited for. */
  async #moveToRows(): Promise<void> {
    const { writer, clock } = this.#options;
    while ((await writer.ask('move-to-rows', undefined)) === 'disk-full' && !this.#isEnding) {
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.after(FULL_MS, resolve);
      await promise;
    }
  }

  spaceIsLow(): boolean {
    return this.#options.space.isLow();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#options.close();
  }
}
