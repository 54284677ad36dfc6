import type { QueueId, RunId } from '../../base/ids.ts';
import type { Change } from '../change.ts';
import type {
  CommitOutcome,
  ExpiryPage,
  LanePage,
  LanePageQuery,
  Page,
  PageQuery,
  QueueStore,
  SendsPage,
  StoredMessage,
  StoredQueue,
  StoreOpening,
} from '../queue-store.ts';
import { MemoryQueue } from './memory-queue.ts';

/** What a memory store does instead of working well; tests and the simulation turn these on and off. */
export interface Faults {
  /** The next commits find the disk full. */
  full: boolean;
  /** Free space is below the reserve. */
  low: boolean;
  /** The next commit fails as a broken disk does. */
  broken: boolean;
  /** Waits for this before each commit: a slow disk. */
  slow: (() => Promise<void>) | undefined;
}

const NO_PAGE: Page = { messages: [], sizeBytes: 0, nextVisibleAtMs: undefined };

/** What outlives a crash: the disk of a memory store. */
export class MemoryDisk {
  run = 0;
  lastDurableMs = 0;
  nextQueueId = 1;
  readonly queues = new Map<QueueId, MemoryQueue>();

  /** The disk as it stands now: what a crash at this moment would leave. */
  snapshot(): MemoryDisk {
    const copy = new MemoryDisk();
    Object.assign(copy, { run: this.run, lastDurableMs: this.lastDurableMs, nextQueueId: this.nextQueueId });
    for (const [queue, stored] of this.queues) copy.queues.set(queue, stored.copy());
    return copy;
  }
}

/** A store in memory with faults to order. A group is durable once its commit has resolved, and not before. */
export class MemoryStore implements QueueStore {
  readonly faults: Faults = { full: false, low: false, broken: false, slow: undefined };
  readonly #disk: MemoryDisk;
  #last: Promise<CommitOutcome> | undefined;
  #fullMet = 0;
  #fullHeard = 0;

  constructor(disk = new MemoryDisk()) {
    this.#disk = disk;
  }

  async open(nowMs: number): Promise<StoreOpening> {
    this.#disk.run += 1;
    const queues = [...this.#disk.queues].map(([queue, stored]) => stored.opening(queue, nowMs));
    const { run, lastDurableMs, nextQueueId } = this.#disk;
    return { run: run as RunId, lastDurableMs, nextQueueId: nextQueueId as QueueId, queues };
  }

  async commit(group: readonly Change[], atMs: number): Promise<CommitOutcome> {
    const fullHeard = this.#fullHeard;
    const before = this.#last;
    const turn = this.#commitAfter(before, () => this.#commit(group, atMs, fullHeard));
    this.#last = turn;
    const outcome = await turn;
    if (outcome === 'disk-full' && fullHeard === this.#fullHeard) this.#fullHeard += 1;
    return outcome;
  }

  /** One after the other, in order; a broken disk stays broken. */
  async #commitAfter(
    before: Promise<CommitOutcome> | undefined,
    commit: () => CommitOutcome,
  ): Promise<CommitOutcome> {
    await before;
    await this.faults.slow?.();
    return commit();
  }

  #commit(group: readonly Change[], atMs: number, fullHeard: number): CommitOutcome {
    if (fullHeard < this.#fullMet) return 'disk-full';
    if (this.faults.broken) throw new Error('the disk is broken');
    if (this.faults.full) {
      this.#fullMet += 1;
      return 'disk-full';
    }
    for (const change of group) this.#apply(change);
    this.#disk.lastDurableMs = atMs;
    return 'committed';
  }

  async page(query: PageQuery): Promise<Page> {
    return this.#disk.queues.get(query.queue)?.page(query) ?? NO_PAGE;
  }

  async lanePage(query: LanePageQuery): Promise<LanePage> {
    const nothing = {
      messages: [],
      orders: [],
      sizeBytes: 0,
      parts: [],
      lastOrder: 0,
      isLast: true,
      nextVisibleAtMs: undefined,
    };
    return this.#disk.queues.get(query.queue)?.lanePage(query) ?? nothing;
  }

  async rememberedSends(queue: QueueId, fromOrder: number, sinceMs: number): Promise<SendsPage> {
    const stored = this.#disk.queues.get(queue);
    return stored?.rememberedSends(fromOrder, sinceMs) ?? { sends: [], isLast: true };
  }

  async read(queue: QueueId, orders: readonly number[]): Promise<readonly StoredMessage[]> {
    const stored = this.#disk.queues.get(queue)?.stored;
    return orders.map((order) => stored?.get(order)).filter((message) => message !== undefined);
  }

  async expired(queue: QueueId, sentBeforeMs: number, limit: number): Promise<ExpiryPage> {
    const stored = this.#disk.queues.get(queue);
    return stored?.expired(sentBeforeMs, limit) ?? { places: [], nextSentAtMs: undefined };
  }

  async reload(queue: QueueId, nowMs: number): Promise<StoredQueue | undefined> {
    return this.#disk.queues.get(queue)?.opening(queue, nowMs);
  }

  spaceIsLow(): boolean {
    return this.faults.low;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #apply(change: Change): void {
    const { queue } = change;
    if (change.kind === 'queue-deleted') {
      this.#disk.queues.delete(queue);
      return;
    }
    if (change.kind === 'queue-written' && !this.#disk.queues.has(queue)) {
      this.#disk.queues.set(queue, new MemoryQueue(change.definition));
      this.#disk.nextQueueId = Math.max(this.#disk.nextQueueId, queue + 1);
    }
    this.#disk.queues.get(queue)?.apply(change);
  }
}
