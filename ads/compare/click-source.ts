import { setTimeout as sleep } from 'node:timers/promises';
import { encodeClick } from '../click-processor/click-message.ts';
import { sendToQueue } from '../server/send-batch.ts';
import { uuid7 } from '../server/uuid7.ts';
import type { Ground } from './ground.ts';

/** Campaigns of the demo that last for millions of clicks. */
const ADS = [
  { campaignId: 1, advertiserId: 1, adId: 11, priceMicros: 250_000 },
  { campaignId: 3, advertiserId: 2, adId: 31, priceMicros: 180_000 },
  { campaignId: 4, advertiserId: 3, adId: 41, priceMicros: 120_000 },
  { campaignId: 5, advertiserId: 4, adId: 51, priceMicros: 310_000 },
] as const;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const BATCH = 10;

/** Posts clicks that are all to be billed, in batches as an ad server does, under a run of its own for each measurement. */
export class ClickSource {
  readonly #send: ReturnType<typeof sendToQueue>;
  #run = 0;
  #viewer = 0;

  constructor({ clients, queue }: Ground) {
    this.#send = sendToQueue(clients.sqs, queue.url);
  }

  /** Posts `count` clicks at `rate` a second, or as fast as it goes; answers the name under which they are recorded. */
  async post(count: number, rate = Number.POSITIVE_INFINITY): Promise<string> {
    const serverId = this.#nextRun();
    const startMs = performance.now();
    for (let first = 1; first <= count; first += BATCH) {
      await sleep(Math.max(0, startMs + ((first - 1) * 1000) / rate - performance.now()));
      const size = Math.min(BATCH, count - first + 1);
      const bodies = Array.from({ length: size }, (_, index) => this.#click(serverId, first + index));
      const outcomes = await this.#send(bodies);
      if (!outcomes.every((outcome) => outcome === 'posted'))
        throw new Error('The queue did not take the clicks.');
    }
    return serverId;
  }

  /** Bodies of as many such clicks, posted nowhere, and the name under which they are recorded. */
  bodies(count: number): { readonly run: string; readonly bodies: readonly string[] } {
    const run = this.#nextRun();
    return { run, bodies: Array.from({ length: count }, (_, index) => this.#click(run, index + 1)) };
  }

  #nextRun(): string {
    this.#run += 1;
    return `compare-${this.#run}`;
  }

  #click(serverId: string, seq: number): string {
    const nowMs = Date.now();
    this.#viewer += 1;
    const ad = ADS[seq % ADS.length] ?? ADS[0];
    return encodeClick({
      ...{ clickId: uuid7(nowMs), clickedAtMs: nowMs, token: 'ok', method: 'GET', prefetch: false },
      served: { ...ad, impressionId: uuid7(nowMs), publisherId: 1 + (seq % 3), servedAtMs: nowMs },
      ...{ network: '203.0.113.0/24', addressHash: `viewer-${this.#viewer}`, addressClass: 'other' },
      ...{ agent: AGENT, referrerHost: 'publisher.example', serverId, seq },
    });
  }
}
