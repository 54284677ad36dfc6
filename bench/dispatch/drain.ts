import { setTimeout as pause } from 'node:timers/promises';
import { CreateEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { ensureQueue } from '../../src/deploy/trigger.ts';
import type { BenchPlatform } from '../platform.ts';
import { JIFFIES_PER_S, jiffiesOf, ownJiffiesOf } from '../usage.ts';

/** A queue mapped to a function, which is drained again and again. */
export interface Drained {
  readonly queue: string;
  readonly function: string;
  readonly batchSize: number;
  /** How many messages each drain has. */
  readonly messages: number;
}

/** How one drain went. */
export interface DrainOutcome {
  /** Messages a second, from the queue through the function to their deletion. */
  readonly rate: number;
  /** Processor time for a thousand messages: of the platform's own process, and with all that runs in its environments. */
  readonly ownMsPerThousand: number;
  readonly allMsPerThousand: number;
}

/** Environments at once: enough for two cores, so that none of them is idle. */
export const AT_ONCE = 8;

const BODY_BYTES = 200;
const SENDERS = 8;
const LOOK_EVERY_MS = 20;
/** What comes before is warming up, starts of environments among it. */
const WARM_SHARE = 0.2;

/** Drains a queue of messages of 200 bytes that already wait, as fast as it goes. */
export class Drain {
  readonly #platform: BenchPlatform;
  readonly #what: Drained;
  readonly #mapping: string;

  private constructor(platform: BenchPlatform, what: Drained, mapping: string) {
    this.#platform = platform;
    this.#what = what;
    this.#mapping = mapping;
  }

  /** Makes queue and mapping; the function is there. */
  static async prepare(platform: BenchPlatform, what: Drained): Promise<Drain> {
    const EventSourceArn = await ensureQueue(platform.queues, what.queue);
    const { UUID = '' } = await platform.functions.send(
      new CreateEventSourceMappingCommand({
        ...{ EventSourceArn, FunctionName: what.function, Enabled: false, BatchSize: what.batchSize },
        ...(what.batchSize > 10 && { MaximumBatchingWindowInSeconds: 1 }),
        ScalingConfig: { MaximumConcurrency: AT_ONCE },
      }),
    );
    return new Drain(platform, what, UUID);
  }

  /** Fills the queue, lets it be drained while `beside` goes on until its signal aborts, and tells how that went. */
  async run(beside?: (over: AbortSignal) => Promise<void>): Promise<DrainOutcome> {
    await this.#fill();
    const over = new AbortController();
    const going = beside?.(over.signal);
    try {
      return await this.#drain();
    } finally {
      over.abort();
      await going;
    }
  }

  async #drain(): Promise<DrainOutcome> {
    const [before, root] = [await this.#settled(), this.#platform.child.pid ?? 0];
    const { messages } = this.#what;
    await this.#enable(true);
    const warm = await this.#reached(before + messages * WARM_SHARE);
    const [own, all] = [ownJiffiesOf(root), jiffiesOf(root)];
    const end = await this.#reached(before + messages);
    const perThousand = (jiffies: number): number =>
      (jiffies * 1000) / JIFFIES_PER_S / ((end.settled - warm.settled) / 1000);
    const outcome = {
      rate: ((end.settled - warm.settled) * 1000) / (end.atMs - warm.atMs),
      ownMsPerThousand: perThousand(ownJiffiesOf(root) - own),
      allMsPerThousand: perThousand(jiffiesOf(root) - all),
    };
    await this.#enable(false);
    return outcome;
  }

  async #enable(Enabled: boolean): Promise<void> {
    await this.#platform.functions.send(
      new UpdateEventSourceMappingCommand({ UUID: this.#mapping, Enabled }),
    );
  }

  async #fill(): Promise<void> {
    const url = `${this.#platform.endpoint}/000000000000/${this.#what.queue}`;
    const MessageBody = 'x'.repeat(BODY_BYTES);
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody }));
    const body = JSON.stringify({ QueueUrl: url, Entries });
    const headers = {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': 'AmazonSQS.SendMessageBatch',
    };
    let left = this.#what.messages / 10;
    const send = async (): Promise<void> => {
      for (; left > 0;) {
        left -= 1;
        const answer = await fetch(this.#platform.endpoint, { method: 'POST', headers, body });
        if (!answer.ok) throw new Error(await answer.text());
        await answer.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
  }

  async #reached(count: number): Promise<{ readonly settled: number; readonly atMs: number }> {
    for (;;) {
      const [settled, atMs] = [await this.#settled(), performance.now()];
      if (settled >= count) return { settled, atMs };
      await pause(LOOK_EVERY_MS);
    }
  }

  async #settled(): Promise<number> {
    const answer = await fetch(`${this.#platform.endpoint}/_millrace/status`);
    return ((await answer.json()) as { figures: { messagesSettled: number } }).figures.messagesSettled;
  }
}
