import { settleFormer, type Journal, type NumberOutcome } from './journal.ts';
import type { SendBatch, SendOutcome } from './send-batch.ts';
import type { Spool } from './spool.ts';
import type { SpooledMessage } from './spool-segment.ts';

/** What a drain works with. */
export interface DrainOptions {
  readonly spool: Spool;
  readonly send: SendBatch;
  readonly journal: Journal;
  /** Where the journals of former runs are. */
  readonly journals: string;
  /** Resolves after this time; a test decides when. */
  readonly pause: (pauseMs: number) => Promise<void>;
}

const BATCH_LIMIT = 10;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/**
 * Knows whether the broker can be reached, and delivers what is in the spool, oldest first. After a failed send
 * nothing is sent directly until a probe has succeeded: so a broker that hangs costs the clicks no time.
 */
export class Drain {
  readonly #options: DrainOptions;
  #reachable = true;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(options: DrainOptions) {
    this.#options = options;
    if (!options.spool.isEmpty) this.wake();
  }

  /** Whether a message may be sent directly. */
  get isReachable(): boolean {
    return this.#reachable;
  }

  /** A direct send has failed. */
  failed(): void {
    this.#reachable = false;
    this.wake();
  }

  /** There is something to deliver, or to find out. */
  wake(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#stopped && this.#options.spool.peek(1).length > 0) this.wake();
    });
  }

  /** What is not delivered stays in the spool. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stopped) {
      const messages = this.#options.spool.peek(BATCH_LIMIT);
      if (messages.length === 0 && this.#reachable) return;
      if (messages.length > 0 && (await this.#deliver(messages))) {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      await this.#options.pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      // With nothing to probe with, the next message is the probe.
      if (this.#options.spool.isEmpty) this.#reachable = true;
    }
  }

  /** True when the broker took the first of them at least. */
  async #deliver(messages: readonly SpooledMessage[]): Promise<boolean> {
    const outcomes = await this.#options
      .send(messages.map(({ body }) => body))
      .catch(() => messages.map(() => 'unknown' as const));
    const settled = messages.slice(0, leading(outcomes));
    settled.forEach((message, index) => this.#settle(message, outcomes[index] === 'posted'));
    if (settled.length > 0) this.#options.spool.deliver(settled);
    this.#reachable = settled.length > 0;
    return this.#reachable;
  }

  #settle({ serverId, seq, body }: SpooledMessage, posted: boolean): void {
    const { journal, journals } = this.#options;
    const outcome: NumberOutcome = posted ? 'posted' : 'refused';
    if (!posted) console.error('The queue never takes this message of the spool:', body);
    if (serverId === journal.serverId) journal.settle(outcome, [seq]);
    else settleFormer(journals, serverId, outcome, [seq]);
  }
}

/** How many from the front need not be sent again. */
function leading(outcomes: readonly SendOutcome[]): number {
  const first = outcomes.findIndex((outcome) => outcome === 'unknown' || outcome === 'refused');
  return first === -1 ? outcomes.length : first;
}
