import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { recordBatch, type QueuedClick } from './batch.ts';
import { publishOutbox } from './outbox.ts';
import type { SendToQueue } from './queue-sender.ts';

/** What the click processor works with. */
export interface ProcessorOptions {
  readonly sql: postgres.Sql;
  /** Without it, what follows from the clicks waits in the outbox for another sender. */
  readonly send: SendToQueue | undefined;
  /** Waits so many milliseconds. */
  readonly rest?: (ms: number) => Promise<unknown>;
}

/** How often what others may have left in the outbox is looked for, while batches come. */
const LOOK_EVERY_MS = 5000;
/** What a queue gives at once. Where fewer came, no more were waiting. */
const FULL = 10;
/** So long clicks gather for the next batch, which costs about as much with many as with one. */
const GATHER_MS = 20;

/** The click processor: the same one in the function and in the long-lived consumer. */
export class ClickProcessor {
  readonly #options: ProcessorOptions;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProcessorOptions) {
    this.#options = options;
  }

  /**
   * Records a batch, sends what follows from it, and answers the ids of messages that could not be handled; a little later
   * when the batch was not full, so that the next one holds more. Rejects when the database cannot be reached.
   */
  async process(messages: readonly QueuedClick[]): Promise<readonly string[]> {
    const { failedIds, told } = await recordBatch(this.#options.sql, messages);
    if (told || performance.now() - this.#lookedAtMs > LOOK_EVERY_MS) await this.#publish();
    const { rest = sleep } = this.#options;
    if (messages.length < FULL) await rest(GATHER_MS);
    return failedIds;
  }

  /** What cannot be sent now stays in the outbox: the clicks are recorded all the same. */
  async #publish(): Promise<void> {
    const { sql, send } = this.#options;
    if (send === undefined) return;
    this.#lookedAtMs = performance.now();
    try {
      await publishOutbox(sql, send);
    } catch (error) {
      console.error('Messages stay in the outbox:', error instanceof Error ? error.message : error);
    }
  }
}
