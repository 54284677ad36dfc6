import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { ListeningLine } from './listening-line.ts';

/** Who is told of the ledger's changes. */
export interface FeedHearer {
  /** Figures of these advertisers may have changed, and those of operators; without numbers: any. */
  readonly changed: (advertisers?: ReadonlySet<number>) => void;
  /** All changes that were committed before this time (ms, the database's) have been told. */
  readonly complete: (atMs: number) => void;
}

/** How often it is made sure that changes are still heard. */
const SURE_EVERY_MS = 5000;
/** While they are not heard, whoever shows figures reads them this often. */
const TRY_AGAIN_MS = 2000;

/**
 * Hears of every change of the ledger by one connection, however many figures are shown. While that connection is
 * missing, or hears nothing (some poolers of connections swallow notifications), everything may have changed every few seconds.
 */
export class ChangeFeed {
  readonly #sql: postgres.Sql;
  readonly #hearer: FeedHearer;
  readonly #sureEveryMs: number;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  constructor(sql: postgres.Sql, hearer: FeedHearer, sureEveryMs = SURE_EVERY_MS) {
    this.#sql = sql;
    this.#hearer = hearer;
    this.#sureEveryMs = sureEveryMs;
    this.#ended = this.#run();
  }

  /** Resolves when nothing is told any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#listen(signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#hearer.changed();
      await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Rejects when changes cannot be heard, or not any more. */
  async #listen(signal: AbortSignal): Promise<void> {
    const line = new ListeningLine(this.#sql, (says) => this.#tell(says));
    try {
      await line.listen();
      this.#hearer.changed();
      while (!signal.aborted) {
        this.#hearer.complete(await line.completeUpTo(SURE_EVERY_MS));
        await Promise.race([sleep(this.#sureEveryMs, undefined, { signal }), line.lost]);
      }
    } finally {
      await line.end();
    }
  }

  #tell(says: string): void {
    if (this.#stopping.signal.aborted) return;
    if (says === 'all') this.#hearer.changed();
    else this.#hearer.changed(new Set(says.split(' ').filter(Boolean).map(Number)));
  }
}
