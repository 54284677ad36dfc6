import { encodeClick } from '../click-processor/click-message.ts';
import type { Click } from '../click-processor/click.ts';
import type { Journal } from './journal.ts';
import type { PostOutcome, SendBatch } from './send-batch.ts';

/** A click before it has its number. */
export type UnnumberedClick = Omit<Click, 'serverId' | 'seq'>;

const BATCH_LIMIT = 10;
/** The queue takes 1 MiB a batch; a click is far below a tenth of it. */
const SENDS_IN_FLIGHT = 8;
/** Clicks waiting for a send to come back. More are refused at once, instead of growing without limit. */
const WAITING_LIMIT = 20_000;

interface Waiting {
  readonly click: UnnumberedClick;
  readonly tell: (outcome: PostOutcome) => void;
}

/**
 * Posts clicks, all clicks of one moment together. No timer decides what a moment is: the first click leaves in
 * the turn in which it came, with those that came in the same turn; while sends are under way the next ones gather, and
 * leave when ten are there or when a send has come back.
 */
export class ClickChannel {
  readonly #send: SendBatch;
  readonly #journal: Journal;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(options: { readonly send: SendBatch; readonly journal: Journal }) {
    this.#send = options.send;
    this.#journal = options.journal;
  }

  /** Clicks that have no outcome yet, apart from those being sent. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Resolves when the outcome is known; never rejects. */
  post(click: UnnumberedClick): Promise<PostOutcome> {
    if (this.#waiting.length >= WAITING_LIMIT) return Promise.resolve('refused');
    return new Promise((tell) => {
      this.#waiting.push({ click, tell });
      this.#schedule();
    });
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
      const batch = this.#waiting.splice(0, BATCH_LIMIT);
      this.#inFlight += 1;
      void this.#sendBatch(batch).then(() => {
        this.#inFlight -= 1;
        this.#sendGathered();
      });
    }
  }

  #mayLeave(): boolean {
    if (this.#waiting.length === 0 || this.#inFlight >= SENDS_IN_FLIGHT) return false;
    return this.#inFlight === 0 || this.#waiting.length >= BATCH_LIMIT;
  }

  /** Settles every click of the batch; never rejects. */
  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const first = this.#journal.take(batch.length);
    const { serverId } = this.#journal;
    const bodies = batch.map(({ click }, index) => encodeClick({ ...click, serverId, seq: first + index }));
    const outcomes = await this.#send(bodies).catch(() => bodies.map(() => 'unknown' as const));
    const numbersOf = (outcome: PostOutcome): readonly number[] =>
      batch.flatMap((_, index) => (outcomes[index] === outcome ? [first + index] : []));
    this.#journal.settle('posted', numbersOf('posted'));
    this.#journal.settle('refused', numbersOf('refused'));
    batch.forEach(({ tell }, index) => tell(outcomes[index] ?? 'unknown'));
  }
}
