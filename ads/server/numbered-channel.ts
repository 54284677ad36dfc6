import type { Drain } from './drain.ts';
import type { Journal } from './journal.ts';
import type { SendBatch, SendOutcome } from './send-batch.ts';
import type { Spool } from './spool.ts';

/** Where a message is now. Only `posted` and `spooled` are durable. */
export type PostOutcome = 'posted' | 'spooled' | 'refused' | 'unknown';

/** Makes the body of a message when it gets its number. */
export type Encode = (serverId: string, seq: number) => string;

/** What a channel works with. */
export interface ChannelOptions {
  readonly send: SendBatch;
  readonly journal: Journal;
  readonly spool: Spool;
  readonly drain: Drain;
  /** Resolves when the next send that is not full may leave; a test decides when. */
  readonly rest: () => Promise<void>;
}

const BATCH_LIMIT = 10;
/** The queue takes 1 MiB a batch; a click is far below a tenth of it. */
const SENDS_IN_FLIGHT = 8;
/** Messages without an outcome. More are refused at once, instead of growing without limit. */
const OUTSTANDING_LIMIT = 20_000;

interface Waiting {
  readonly encode: Encode;
  readonly tell: (outcome: PostOutcome) => void;
}

interface Numbered extends Waiting {
  readonly seq: number;
  readonly body: string;
}

/**
 * Numbers messages and makes them durable, all those of one moment together: in the queue, or in the spool while the
 * broker is away. A message leaves in the turn in which it came, with those that came in the same turn, unless a send is
 * under way or has just left: then the next ones gather, and leave when ten are there, or when that send has come back
 * and the rest after it is over. A send costs more than the messages in it, for sender and broker alike.
 */
export class NumberedChannel {
  readonly #options: ChannelOptions;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #outstanding = 0;
  #scheduled = false;
  #resting = false;
  #tellIdle: (() => void) | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Messages that have no outcome yet, apart from those being sent. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Whether the broker takes messages directly, and what waits on disk. */
  get state(): { readonly reachable: boolean; readonly spooledBytes: number } {
    const { drain, spool } = this.#options;
    return { reachable: drain.isReachable, spooledBytes: spool.isEmpty ? 0 : spool.usedBytes };
  }

  /** Resolves when the outcome is known; never rejects. */
  post(encode: Encode): Promise<PostOutcome> {
    if (this.#outstanding >= OUTSTANDING_LIMIT) return Promise.resolve('refused');
    this.#outstanding += 1;
    return new Promise((resolve) => {
      const tell = (outcome: PostOutcome): void => {
        this.#outstanding -= 1;
        resolve(outcome);
        if (this.#outstanding === 0) this.#tellIdle?.();
      };
      this.#waiting.push({ encode, tell });
      this.#schedule();
    });
  }

  /** Resolves when every message has its outcome; none may come any more. What is spooled is delivered by the next run. */
  async close(): Promise<void> {
    if (this.#outstanding > 0) await new Promise<void>((resolve) => (this.#tellIdle = resolve));
    await this.#options.drain.stop();
    await this.#options.spool.close();
    this.#options.journal.close();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendGathered();
    });
  }

  #sendGathered(): void {
    while (this.#mayLeave()) {
      const batch = this.#numbered(this.#waiting.splice(0, BATCH_LIMIT));
      this.#inFlight += 1;
      this.#beginRest();
      void this.#sendBatch(batch).then(() => {
        this.#inFlight -= 1;
        this.#sendGathered();
      });
    }
    if (!this.#options.drain.isReachable && this.#waiting.length > 0)
      void this.#keep(this.#numbered(this.#waiting.splice(0)));
  }

  #mayLeave(): boolean {
    if (this.#waiting.length === 0 || this.#inFlight >= SENDS_IN_FLIGHT) return false;
    if (!this.#options.drain.isReachable) return false;
    return this.#waiting.length >= BATCH_LIMIT || (this.#inFlight === 0 && !this.#resting);
  }

  #beginRest(): void {
    if (this.#resting) return;
    this.#resting = true;
    void this.#options.rest().then(() => {
      this.#resting = false;
      this.#sendGathered();
    });
  }

  /** Those that could not get a number are refused. */
  #numbered(batch: readonly Waiting[]): readonly Numbered[] {
    const { journal } = this.#options;
    const first = journal.take(batch.length);
    if (first !== undefined) {
      return batch.map((one, index) => {
        const seq = first + index;
        return { ...one, seq, body: one.encode(journal.serverId, seq) };
      });
    }
    for (const { tell } of batch) tell('refused');
    return [];
  }

  /** Settles every message of the batch; never rejects. */
  async #sendBatch(batch: readonly Numbered[]): Promise<void> {
    if (batch.length === 0) return;
    const outcomes = await this.#options
      .send(batch.map(({ body }) => body))
      .catch(() => batch.map(() => 'unknown' as const));
    const those = (wanted: (outcome: SendOutcome) => boolean): readonly Numbered[] =>
      batch.filter((_, index) => wanted(outcomes[index] ?? 'unknown'));
    this.#settle(
      'posted',
      those((outcome) => outcome === 'posted'),
    );
    this.#settle(
      'refused',
      those((outcome) => outcome === 'rejected'),
    );
    const failed = those((outcome) => outcome === 'refused' || outcome === 'unknown');
    if (failed.length === 0) return;
    this.#options.drain.failed();
    await this.#keep(failed);
  }

  /** Into the spool. Where that has no room the outcome stays unknown: an answer may have been on its way. */
  async #keep(batch: readonly Numbered[]): Promise<void> {
    const { journal, spool, drain } = this.#options;
    const { serverId } = journal;
    const kept = await spool.append(batch.map(({ seq, body }) => ({ serverId, seq, body })));
    if (kept) {
      this.#settle('spooled', batch);
      drain.wake();
    } else for (const { tell } of batch) tell('unknown');
  }

  #settle(outcome: 'posted' | 'spooled' | 'refused', batch: readonly Numbered[]): void {
    if (batch.length === 0) return;
    this.#options.journal.settle(
      outcome,
      batch.map(({ seq }) => seq),
    );
    for (const { tell } of batch) tell(outcome);
  }
}
