import { bodyOf, countOf, read, succeeded, url, type Chance } from './asking.ts';
import type { Fact } from './journal.ts';
import { OrderedWorkload } from './ordered-workload.ts';
import type { SqsClient } from './sqs-client.ts';

/** The queues of the workload: what is received too often goes from the first to the second, and is moved on to the third. */
const QUEUES = ['jobs', 'jobs-dead', 'jobs-moved'] as const;
const MOVED_PER_SECOND = 500;
/** What is sent to the second queue at once: few messages are received too often in so short a life. */
const LETTERS_PART = 0.2;

const PRODUCERS = 8;
const CONSUMERS = 4;
const VISIBILITY_SECONDS = 1;
const LARGE_BYTES = 20_000;

/**
 * Producers and consumers that write down what they asked and what they were answered, and stop when the platform breaks off.
 * Judges nothing.
 */
export class Workload {
  readonly #journal: Fact[];
  readonly #chance: Chance;
  readonly #ordered: OrderedWorkload;
  #number = 0;
  #receive = 0;

  constructor(journal: Fact[], chance: Chance) {
    this.#journal = journal;
    this.#chance = chance;
    this.#ordered = new OrderedWorkload(journal, chance, (...asked) => this.#take(...asked));
  }

  /** Makes the queues; making them again changes nothing. */
  async makeQueues(client: SqsClient): Promise<void> {
    await this.#ordered.makeQueues(client);
    const [jobs, dead, moved] = QUEUES;
    await client.demand('CreateQueue', { QueueName: dead });
    await client.demand('CreateQueue', { QueueName: moved });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn(dead), maxReceiveCount: 2 });
    const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS), RedrivePolicy };
    await client.demand('CreateQueue', { QueueName: jobs, Attributes });
  }

  /** Works until the platform is gone; never rejects. */
  async work(client: SqsClient): Promise<void> {
    const producers = Array.from({ length: PRODUCERS }, () => this.#produce(client));
    const consumers = Array.from({ length: CONSUMERS }, () => this.#consume(client));
    await Promise.all([...producers, ...consumers, this.#move(client), this.#ordered.work(client)]);
  }

  /**
   * Receives and deletes until the first and the third queue have stayed empty for longer than a lease lasts and the second, which nobody
   * else receives from, is empty; notes what the queues say they hold.
   */
  async drain(client: SqsClient): Promise<void> {
    const [jobs, dead, moved] = QUEUES;
    const untilLeasesEnd = { WaitTimeSeconds: VISIBILITY_SECONDS + 1 };
    while ((await this.#take(client, jobs, untilLeasesEnd, 1)) > 0);
    while (await isMoving(client)) await this.#take(client, moved, { WaitTimeSeconds: 1 }, 1);
    while ((await this.#take(client, dead, { WaitTimeSeconds: 0 }, 1)) > 0);
    while ((await this.#take(client, moved, untilLeasesEnd, 1)) > 0);
    const left = await this.#ordered.drain(client);
    for (const queue of QUEUES) left[queue] = await countOf(client, queue);
    this.#journal.push({ kind: 'drained', left });
  }

  async #produce(client: SqsClient): Promise<void> {
    for (;;) {
      const count = 1 + Math.floor(this.#chance() * 10);
      const numbers = Array.from({ length: count }, () => this.#number++);
      for (const number of numbers) this.#journal.push({ kind: 'send-began', number });
      const Entries = numbers.map((number) => ({
        Id: String(number),
        MessageBody: bodyOf(number, this.#sizeBytes()),
      }));
      const queue = this.#chance() < LETTERS_PART ? QUEUES[1] : QUEUES[0];
      const outcome = await client.ask('SendMessageBatch', { QueueUrl: url(queue), Entries });
      if (outcome.kind === 'broken') return;
      for (const number of succeeded(outcome)) this.#journal.push({ kind: 'send-acknowledged', number });
    }
  }

  async #consume(client: SqsClient): Promise<void> {
    for (;;) {
      const taken = await this.#take(client, QUEUES[0], { WaitTimeSeconds: 1 }, 0.6);
      if (taken < 0) return;
    }
  }

  /** Moves dead letters on, and receives what has come. */
  async #move(client: SqsClient): Promise<void> {
    const [, dead, moved] = QUEUES;
    const order = { SourceArn: arn(dead), DestinationArn: arn(moved) };
    for (;;) {
      const rate = this.#chance() < 0.5 ? {} : { MaxNumberOfMessagesPerSecond: MOVED_PER_SECOND };
      const outcome = await client.ask('StartMessageMoveTask', { ...order, ...rate });
      if (outcome.kind === 'answered' && outcome.status === 200)
        this.#journal.push({ kind: 'move-acknowledged' });
      if ((await this.#take(client, moved, { WaitTimeSeconds: 1 }, 0.6)) < 0) return;
    }
  }

  /** One receive, and a delete of a part of what it brought. How many came; -1 when the platform is gone. */
  async #take(client: SqsClient, queue: string, query: object, part: number): Promise<number> {
    const receive = this.#receive++;
    this.#journal.push({ kind: 'receive-began', receive });
    const input = {
      QueueUrl: url(queue),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_SECONDS,
      ...query,
    };
    const outcome = await client.ask('ReceiveMessage', input);
    if (outcome.kind === 'broken') return -1;
    const messages = (outcome.body['Messages'] ?? []) as readonly Received[];
    for (const { Body } of messages) this.#journal.push({ kind: 'received', receive, ...read(Body) });
    const chosen = messages.filter(() => this.#chance() < part);
    if (chosen.length > 0 && !(await this.#delete(client, queue, chosen))) return -1;
    return messages.length;
  }

  async #delete(client: SqsClient, queue: string, chosen: readonly Received[]): Promise<boolean> {
    for (const { Body } of chosen) this.#journal.push({ kind: 'delete-began', number: read(Body).number });
    const Entries = chosen.map(({ Body, ReceiptHandle }) => ({
      Id: String(read(Body).number),
      ReceiptHandle,
    }));
    const outcome = await client.ask('DeleteMessageBatch', { QueueUrl: url(queue), Entries });
    if (outcome.kind === 'broken') return false;
    for (const number of succeeded(outcome)) this.#journal.push({ kind: 'delete-acknowledged', number });
    return true;
  }

  #sizeBytes(): number {
    return this.#chance() < 0.02 ? LARGE_BYTES : 20 + this.#chance() * 400;
  }
}

interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
}

function arn(queue: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${queue}`;
}

/** True while a task that a kill interrupted, or another, is under way. */
async function isMoving(client: SqsClient): Promise<boolean> {
  const { Results } = await client.demand('ListMessageMoveTasks', { SourceArn: arn(QUEUES[1]) });
  return (Results as readonly { readonly Status: string }[]).some(({ Status }) => Status === 'RUNNING');
}
