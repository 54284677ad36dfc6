import { SystemClock } from '../../base/clock.ts';
import type { RunId } from '../../base/ids.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Catalog } from '../catalog.ts';
import type { QueueStore } from '../queue-store.ts';
import { FreeSpace } from './free-space.ts';
import type { WriterSettings } from './open-database.ts';
import type { Opened, ReaderQuestions, WriterQuestions, WriterStart } from './questions.ts';
import type { DataRefused } from './refused.ts';
import { SqliteCatalog } from './sqlite-catalog.ts';
import { SqliteQueues } from './sqlite-queues.ts';
import { StoreThread } from './store-thread.ts';

/** What a {@link SqliteStore} needs. */
export interface SqliteStoreOptions {
  /** The database file; made when it is missing. Its folder must be owned by this process. */
  readonly path: string;
  /** Told once when the store cannot go on (an I/O error, a failed sync, damage). The process must end then. */
  readonly onFatal: (what: string) => void;
  /** Sends are to be refused while there is less room than this, so that all else can go on. Unset: 256 MB. */
  readonly reserveBytes?: number;
  /** Other settings than the safe ones: for tests. */
  readonly settings?: Partial<WriterSettings>;
}

const DEFAULT_RESERVE_BYTES = 268_435_456;

/**
 * Queues and catalog in one SQLite database, written by a thread of its own.
 * Disposing waits for what has been asked, and leaves a file without a log beside it.
 */
export class SqliteStore implements AsyncDisposable {
  readonly catalog: Catalog;
  /** Disposing it disposes the whole store. */
  readonly queues: QueueStore;
  readonly #queues: SqliteQueues;
  /** The number of this run of the platform on its data. */
  readonly run: RunId;
  /** The time of the last durable commit of earlier runs; 0 when there was none. */
  readonly lastDurableMs: number;
  readonly #options: SqliteStoreOptions;
  readonly #writer: StoreThread<WriterQuestions>;
  #reader: StoreThread<ReaderQuestions> | undefined;

  private constructor(options: SqliteStoreOptions, writer: StoreThread<WriterQuestions>, opened: Opened) {
    this.#options = options;
    this.#writer = writer;
    this.catalog = new SqliteCatalog(writer);
    this.#queues = new SqliteQueues({
      writer,
      opened,
      reader: () => this.#startReader(),
      clock: new SystemClock(),
      space: new FreeSpace(options.path, options.reserveBytes ?? DEFAULT_RESERVE_BYTES),
      close: () => this[Symbol.asyncDispose](),
    });
    this.queues = this.#queues;
    this.run = opened.run;
    this.lastDurableMs = opened.lastDurableMs;
  }

  /** Opens the database and enters a new run, or says why that cannot be. */
  static async open(options: SqliteStoreOptions): Promise<Result<SqliteStore, DataRefused>> {
    const workerData: WriterStart = {
      path: options.path,
      settings: { synchronous: 'FULL', ...options.settings },
    };
    const { onFatal } = options;
    const writer = new StoreThread<WriterQuestions>({ module: './writer', workerData, onFatal });
    const opened = await writer.ask('open', undefined);
    if (opened.ok) return ok(new SqliteStore(options, writer, opened.value));
    await writer[Symbol.asyncDispose]();
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queues.idle();
    await this.#reader?.[Symbol.asyncDispose]();
    await this.#writer[Symbol.asyncDispose]();
  }

  /** Not before somebody asks for a page: most starts have no backlog. */
  #startReader(): StoreThread<ReaderQuestions> {
    const { path, onFatal } = this.#options;
    this.#reader ??= new StoreThread({ module: './reader', workerData: path, onFatal });
    return this.#reader;
  }
}
