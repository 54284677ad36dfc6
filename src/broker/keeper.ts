import { assert } from '../base/assert.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { QueueId } from '../base/ids.ts';
import { apply } from '../queue/queue.ts';
import type { Applied, Command, Moment, Replies, Wants } from '../queue/command.ts';
import type { QueueState } from '../queue/state.ts';
import type { Change } from '../store/change.ts';
import type { LanePageQuery, PageQuery, QueueStore, StoredMessage } from '../store/queue-store.ts';
import { Causes } from './causes.ts';
import type { Committer } from './committer.ts';
import type { Held } from './held.ts';
import type { QueueDefinition } from './queue-definition.ts';
import { Waiting } from './waiting.ts';

/** What all keepers of a broker share. */
export interface KeeperParts {
  readonly store: QueueStore;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly onFatal: (error: unknown) => void;
  /** Who ticks when the disk comes further; taken out then. */
  readonly waitingForDisk: Set<Keeper>;
  readonly held: Held;
}

/** How long who waits is not served after a full disk has undone two things shortly after each other. */
const REST_MS = 1000;

/**
 * The only writer of one queue. A command is applied at once in memory, and its changes join the group that is about to
 * be committed; what the law wants next is done here.
 */
export class Keeper {
  readonly queue: QueueId;
  readonly waiting: Waiting;
  readonly causes = new Causes();
  definition: QueueDefinition;
  /** Settled when the queue has been read again after a full disk; undefined while there is nothing to wait for. */
  rebuilding: Promise<void> | undefined;
  /** Settled when the page that is being read has come; undefined while none is. */
  paging: Promise<void> | undefined;
  /** Settled when more is known of what a FIFO queue accepted before the start; undefined when all is. */
  loading: Promise<void> | undefined;
  /** False once the queue is deleted. */
  isThere = true;
  readonly #parts: KeeperParts;
  #state: QueueState;
  #lastGroup = 0;
  /** Bytes that were told to be held. */
  #toldBytes = 0;
  #wake: { readonly atMs: number; readonly cancel: Cancel } | undefined;
  /** Set for a while after the queue was read again. */
  #endOfRest: Cancel | undefined;
  #isResting = false;

  constructor(parts: KeeperParts, definition: QueueDefinition, state: QueueState) {
    this.#parts = parts;
    this.#state = state;
    this.queue = state.queue;
    this.definition = definition;
    this.waiting = new Waiting(parts.clock);
  }

  /** A full disk has undone what was done here more than once lately: nobody tries again and again. */
  get isResting(): boolean {
    return this.#isResting;
  }

  /** Settled when messages may join again; undefined when they may now. */
  get closed(): Promise<void> | undefined {
    return this.rebuilding ?? this.loading;
  }

  /** The state, for looking only. */
  get state(): Readonly<QueueState> {
    return this.#state;
  }

  /** Applies a command and starts what it wants; waiting receivers are not served yet. */
  apply<Kind extends Command['kind']>(command: Extract<Command, { kind: Kind }>): Replies[Kind] {
    assert(this.rebuilding === undefined, 'nothing is asked of a queue that is being read again');
    const moment = this.#parts.committer.moment();
    const { reply, changes, wants } = this.#decide(moment, command);
    this.#tellHeld(this.#state.memoryBytes);
    if (changes.length > 0) this.#lastGroup = this.#parts.committer.add(changes, moment);
    this.#start(wants);
    return reply;
  }

  /** Writes a change of the queue as a whole. */
  write(change: Change): void {
    this.#lastGroup = this.#parts.committer.add([change], this.#parts.committer.moment());
  }

  /** Resolves when every change of the queue so far is durable, or was lost because the disk was full. */
  synced(): Promise<'durable' | 'lost'> | 'durable' {
    return this.#parts.committer.fate(this.#lastGroup);
  }

  /** The store is about to be looked at, or closed: what it does not know of leases is written now. */
  writeLeases(): void {
    if (this.rebuilding !== undefined || this.#state.unwritten.nextMs === Infinity) return;
    this.apply<'write-leases'>({ kind: 'write-leases' });
  }

  /** Time has passed or the disk has come further: shows what is due and lets those who wait have it. */
  tick(): void {
    if (!this.isThere || this.rebuilding !== undefined) return;
    this.apply({ kind: 'tick' });
    this.serve();
  }

  /** Lets waiting receivers take what is there. */
  serve(): void {
    if (this.waiting.size > 0 && this.#state.hasReady && !this.#isResting) this.waiting.serve();
  }

  /** Starts over from what is durable. */
  restart(state: QueueState, definition: QueueDefinition): void {
    this.#state = state;
    this.#tellHeld(state.memoryBytes);
    this.isThere = true;
    this.paging = undefined;
    this.loading = undefined;
    this.definition = definition;
    this.rebuilding = undefined;
    this.#rest();
    this.apply<'wake'>({ kind: 'wake' });
    this.serve();
  }

  /** True while this state of the queue is the one that counts. */
  isKeeping(state: Readonly<QueueState>): boolean {
    return this.isThere && this.#state === state && this.rebuilding === undefined;
  }

  /** Reads messages that rest in the store. When the disk fails there is no answer. */
  read(orders: readonly number[]): Promise<readonly StoredMessage[]> {
    return this.#parts.store.read(this.queue, orders).catch((error: unknown) => {
      this.#parts.onFatal(error);
      return new Promise<never>(() => undefined);
    });
  }

  /** The queue is gone: nobody waits for it, nothing wakes it. */
  close(): void {
    this.isThere = false;
    this.#tellHeld(0);
    this.#wake?.cancel();
    this.#endOfRest?.();
    this.waiting.giveUp();
  }

  /** What a receive does besides giving messages would be undone again and again without an end. */
  #rest(): void {
    this.#isResting = this.#endOfRest !== undefined;
    this.#endOfRest?.();
    this.#endOfRest = this.#parts.clock.after(REST_MS, () => {
      this.#endOfRest = undefined;
      this.#isResting = false;
      this.tick();
    });
  }

  #tellHeld(bytes: number): void {
    this.#parts.held.changed(bytes - this.#toldBytes);
    this.#toldBytes = bytes;
  }

  #start(wants: Wants): void {
    if (wants.page !== undefined) this.#fetchPage(wants.page);
    if (wants.lanePage !== undefined) this.#fetchLanes(wants.lanePage);
    if (wants.sends !== undefined) this.#fetchSends(wants.sends);
    if (wants.expiredBeforeMs !== undefined) this.#fetchExpired(wants.expiredBeforeMs);
    if (wants.wakeAtMs !== undefined) this.#planWake(wants.wakeAtMs);
    if (wants.disk === true) this.#parts.waitingForDisk.add(this);
  }

  /** A message that cannot be read, as any error of the law, leaves a state that nobody may rely on: the process must end. */
  #decide<Kind extends Command['kind']>(
    moment: Moment,
    command: Extract<Command, { kind: Kind }>,
  ): Applied<Replies[Kind]> {
    try {
      return apply<Kind>(this.#state, moment, command);
    } catch (error) {
      this.#parts.onFatal(error);
      throw error;
    }
  }

  #fetchPage(query: PageQuery): void {
    this.#read(this.#parts.store.page(query), (page) => this.#finish({ kind: 'page', query, page }));
  }

  #fetchLanes(query: LanePageQuery): void {
    this.#read(this.#parts.store.lanePage(query), (page) => this.#finish({ kind: 'lane-page', query, page }));
  }

  #read<Page>(read: Promise<Page>, finish: (page: Page) => void): void {
    const state = this.#state;
    const paging = read.then((page) => {
      if (this.paging === paging) this.paging = undefined;
      if (this.isKeeping(state)) finish(page);
    }, this.#parts.onFatal);
    this.paging = paging;
  }

  #fetchSends({ fromOrder, sinceMs }: NonNullable<Wants['sends']>): void {
    const state = this.#state;
    const read = this.#parts.store.rememberedSends(this.queue, fromOrder, sinceMs);
    const loading = read.then((page) => {
      if (this.loading === loading) this.loading = undefined;
      if (this.isKeeping(state)) this.apply<'sends'>({ kind: 'sends', page });
    }, this.#parts.onFatal);
    this.loading = loading;
  }

  #fetchExpired(sentBeforeMs: number): void {
    const state = this.#state;
    this.#parts.store.expired(this.queue, sentBeforeMs, state.window.expiryCount).then((page) => {
      if (this.isKeeping(state)) this.#finish({ kind: 'expiry', sentBeforeMs, page });
    }, this.#parts.onFatal);
  }

  #finish(command: Extract<Command, { kind: 'page' | 'lane-page' | 'expiry' }>): void {
    this.apply(command);
    this.serve();
  }

  #planWake(atMs: number): void {
    if (this.#wake !== undefined && this.#wake.atMs <= atMs) return;
    this.#wake?.cancel();
    const cancel = this.#parts.clock.after(Math.max(atMs - this.#parts.clock.nowMs(), 0), () => {
      this.#wake = undefined;
      this.tick();
    });
    this.#wake = { atMs, cancel };
  }
}
