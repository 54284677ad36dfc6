import type { Fact } from './journal.ts';
import type { SqsClient } from './sqs-client.ts';
import { bodyOf, countOf, succeeded, url, type Chance, type Take } from './asking.ts';

const QUEUE = 'orders.fifo';
const GROUPS = 6;
const CONSUMERS = 3;

/** Numbers of messages of FIFO queues begin here; those of each group by themselves. */
const FIRST_NUMBER = 1_000_000_000;
const NUMBERS_OF_GROUP = 10_000_000;

/**
 * One producer for each message group of a FIFO queue. What it was not answered it sends again in the next life, under the same
 * deduplication ids, before it goes on: each message must come once, and each group in order.
 */
export class OrderedWorkload {
  readonly #journal: Fact[];
  readonly #chance: Chance;
  readonly #take: Take;
  readonly #groups = Array.from({ length: GROUPS }, (_, group) => ({ group, acknowledged: 0, tried: 0 }));

  constructor(journal: Fact[], chance: Chance, take: Take) {
    this.#journal = journal;
    this.#chance = chance;
    this.#take = take;
  }

  async makeQueues(client: SqsClient): Promise<void> {
    const Attributes = { FifoQueue: 'true', VisibilityTimeout: '1' };
    await client.demand('CreateQueue', { QueueName: QUEUE, Attributes });
  }

  /** Works until the platform is gone; never rejects. */
  async work(client: SqsClient): Promise<void> {
    const producers = this.#groups.map((group) => this.#produce(client, group));
    const consumers = Array.from({ length: CONSUMERS }, () => this.#consume(client));
    await Promise.all([...producers, ...consumers]);
  }

  /** Sends what was not answered, receives and deletes until nothing comes any more; how many messages are left. */
  async drain(client: SqsClient): Promise<Record<string, number>> {
    for (const group of this.#groups) if (group.tried > group.acknowledged) await this.#send(client, group);
    while ((await this.#take(client, QUEUE, { WaitTimeSeconds: 2 }, 1)) > 0);
    return { [QUEUE]: await countOf(client, QUEUE) };
  }

  async #produce(client: SqsClient, group: Group): Promise<void> {
    for (;;) {
      if (group.tried === group.acknowledged) group.tried += 1 + Math.floor(this.#chance() * 5);
      if (!(await this.#send(client, group))) return;
    }
  }

  /** All that the group has tried and has not been answered; false when the platform is gone. */
  async #send(client: SqsClient, group: Group): Promise<boolean> {
    const count = group.tried - group.acknowledged;
    const places = Array.from({ length: count }, (_, index) => group.acknowledged + index);
    const Entries = places.map((place) => {
      const number = FIRST_NUMBER + group.group * NUMBERS_OF_GROUP + place;
      this.#journal.push(
        { kind: 'in-order', number, group: group.group, place },
        { kind: 'send-began', number },
      );
      const ids = { MessageGroupId: `g${group.group}`, MessageDeduplicationId: String(number) };
      return { Id: String(number), MessageBody: bodyOf(number, 50), ...ids };
    });
    const outcome = await client.ask('SendMessageBatch', { QueueUrl: url(QUEUE), Entries });
    if (outcome.kind === 'broken') return false;
    for (const number of succeeded(outcome)) this.#journal.push({ kind: 'send-acknowledged', number });
    group.acknowledged = group.tried;
    return true;
  }

  async #consume(client: SqsClient): Promise<void> {
    for (;;) {
      const taken = await this.#take(client, QUEUE, { WaitTimeSeconds: 1 }, 0.9);
      if (taken < 0) return;
    }
  }
}

interface Group {
  readonly group: number;
  /** Places of the group before this one have been acknowledged. */
  acknowledged: number;
  /** Places before this one have been sent at least once. */
  tried: number;
}
