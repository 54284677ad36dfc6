import type { SQSClient } from '@aws-sdk/client-sqs';
import type postgres from 'postgres';
import type { CampaignChange } from '../messages/campaign-change.ts';
import { CampaignListener } from '../server/campaign-listener.ts';

/** Campaigns whose money ended, and how long it took at most until that was heard. */
export interface Stops {
  readonly count: number;
  readonly slowestMs: number;
}

const QUEUE = 'campaign-changes-crash';

/**
 * Listens as ad servers do, and is never killed: how long it takes from the charge that ends a campaign's money to the
 * message that stops the campaign, whatever is done to the machinery meanwhile.
 */
export class StopWatch implements AsyncDisposable {
  readonly #listener: CampaignListener;
  readonly #heard = new Set<string>();
  #slowestMs = 0;
  #after = 0;

  constructor(sqs: SQSClient, sql: postgres.Sql) {
    const subscribe = (): PromiseLike<unknown> =>
      sql`INSERT INTO campaign_subscriber (queue) VALUES (${QUEUE}) ON CONFLICT DO NOTHING`;
    this.#listener = new CampaignListener({
      ...{ sqs, queueName: QUEUE },
      ready: () => void subscribe().then(undefined, () => undefined),
      hear: (changes) => changes.forEach((change) => this.#hear(change)),
    });
  }

  /** From now on changes count that come after this place in the ledger: not those that made the campaigns. */
  begin(position: number): void {
    this.#after = position;
    this.#heard.clear();
    this.#slowestMs = 0;
  }

  /** What was heard since it began. */
  get stops(): Stops {
    return { count: this.#heard.size, slowestMs: this.#slowestMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.stop();
  }

  /** Messages may come twice; the first one counts. */
  #hear({ type, reason, campaignId, position = 0, atMs }: CampaignChange): void {
    const name = `${campaignId} ${position}`;
    if (type !== 'campaign-stopped' || reason !== 'exhausted') return;
    if (position <= this.#after || this.#heard.has(name)) return;
    this.#heard.add(name);
    this.#slowestMs = Math.max(this.#slowestMs, Date.now() - atMs);
  }
}
