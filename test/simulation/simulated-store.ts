import type { QueueId } from '../../src/base/ids.ts';
import type { Random } from '../../src/base/random.ts';
import type { Change } from '../../src/store/change.ts';
import { MemoryDisk, MemoryStore } from '../../src/store/memory/memory-store.ts';
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
} from '../../src/store/queue-store.ts';
import type { SimulatedDisk } from './disk.ts';

/** What is wrong with the disk; it stays so over restarts. */
export interface Weather {
  /** A commit finds no room. */
  full: boolean;
  /** Free space is below the reserve. */
  low: boolean;
  /** The next commit fails as a broken disk does. */
  broken: boolean;
}

/** A group as it lies on the disk. */
export interface GroupRecord {
  readonly atMs: number;
  readonly changes: readonly Change[];
}

interface Commit {
  readonly record: GroupRecord;
  phase: 'handed' | 'written' | 'synced' | 'refused';
  readonly answer: PromiseWithResolvers<CommitOutcome>;
}

interface Read {
  readonly look: () => Promise<unknown>;
  seen: Promise<unknown> | undefined;
  readonly answer: (seen: Promise<unknown>) => void;
}

/** A store in which nothing goes on unless it is told to: each step of a commit and of a read is one move. */
export class SimulatedStore implements QueueStore {
  readonly #disk: SimulatedDisk;
  readonly #inner: MemoryStore;
  readonly #weather: Weather;
  readonly #commits: Commit[] = [];
  readonly #reads: Read[] = [];
  /** The time of the last group on the disk. */
  readonly lastDurableMs: number;

  private constructor(disk: SimulatedDisk, image: MemoryDisk, inner: MemoryStore, weather: Weather) {
    this.#disk = disk;
    this.#inner = inner;
    this.#weather = weather;
    this.lastDurableMs = image.lastDurableMs;
  }

  /** Reads what a disk holds, as the `run`th start does. */
  static async on(disk: SimulatedDisk, weather: Weather, run: number): Promise<SimulatedStore> {
    const image = new MemoryDisk();
    const inner = new MemoryStore(image);
    for (const record of disk.read()) {
      const { changes, atMs } = record as GroupRecord;
      await inner.commit(changes, atMs);
    }
    image.run = run - 1;
    return new SimulatedStore(disk, image, inner, weather);
  }

  /** True while something waits for the disk. */
  get isBusy(): boolean {
    return this.#commits.length + this.#reads.length > 0;
  }

  /** True while refusals are on their way: what is handed over now is refused with them. */
  get isRefusing(): boolean {
    return this.#commits.some(({ phase }) => phase === 'refused');
  }

  /** One of the things that can happen next happens. */
  async move(random: Random): Promise<void> {
    const next = this.#commits.find(({ phase }) => phase === 'handed' || phase === 'written');
    const moves: (() => void | Promise<void>)[] = this.#reads.map((read) => () => this.#goOn(read));
    if (next !== undefined) moves.push(() => this.#advance(next));
    const [first] = this.#commits;
    if (first?.phase === 'synced' || first?.phase === 'refused') moves.push(() => this.#answer());
    await moves[Math.floor(random.fraction() * moves.length)]?.();
  }

  open(nowMs: number): Promise<StoreOpening> {
    return this.#inner.open(nowMs);
  }

  commit(changes: readonly Change[], atMs: number): Promise<CommitOutcome> {
    const phase = this.isRefusing ? 'refused' : 'handed';
    const commit: Commit = { record: { changes, atMs }, phase, answer: Promise.withResolvers() };
    this.#commits.push(commit);
    return commit.answer.promise;
  }

  page(query: PageQuery): Promise<Page> {
    return this.#read(() => this.#inner.page(query));
  }

  lanePage(query: LanePageQuery): Promise<LanePage> {
    return this.#read(() => this.#inner.lanePage(query));
  }

  rememberedSends(queue: QueueId, fromOrder: number, sinceMs: number): Promise<SendsPage> {
    return this.#read(() => this.#inner.rememberedSends(queue, fromOrder, sinceMs));
  }

  read(queue: QueueId, orders: readonly number[]): Promise<readonly StoredMessage[]> {
    return this.#read(() => this.#inner.read(queue, orders));
  }

  expired(queue: QueueId, sentBeforeMs: number, limit: number): Promise<ExpiryPage> {
    return this.#read(() => this.#inner.expired(queue, sentBeforeMs, limit));
  }

  reload(queue: QueueId, nowMs: number): Promise<StoredQueue | undefined> {
    return this.#read(() => this.#inner.reload(queue, nowMs));
  }

  spaceIsLow(): boolean {
    return this.#weather.low;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #read<Seen>(look: () => Promise<Seen>): Promise<Seen> {
    return new Promise<Seen>((resolve) => {
      this.#reads.push({ look, seen: undefined, answer: (seen) => resolve(seen as Promise<Seen>) });
    });
  }

  /** A read first sees what is there, and brings it later. */
  #goOn(read: Read): void {
    if (read.seen === undefined) read.seen = read.look();
    else {
      this.#reads.splice(this.#reads.indexOf(read), 1);
      read.answer(read.seen);
    }
  }

  async #advance(commit: Commit): Promise<void> {
    const { record, phase } = commit;
    if (phase === 'written') {
      this.#disk.sync();
      await this.#inner.commit(record.changes, record.atMs);
      commit.phase = 'synced';
    } else if (this.#weather.broken) commit.answer.reject(new Error('the disk is broken'));
    else if (this.#weather.full) {
      for (const each of this.#commits) if (each.phase === 'handed') each.phase = 'refused';
    } else {
      this.#disk.write(record);
      commit.phase = 'written';
    }
  }

  #answer(): void {
    const first = this.#commits.shift();
    first?.answer.resolve(first.phase === 'synced' ? 'committed' : 'disk-full');
  }
}
