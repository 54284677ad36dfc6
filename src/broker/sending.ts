import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { contentDeduplicationId, deduplicationKey } from '../message/deduplication.ts';
import type { Message } from '../message/message.ts';
import type { Accepted, Arrival } from '../queue/command.ts';
import type { FifoSettings } from '../queue/settings.ts';
import type { QueueStore } from '../store/queue-store.ts';
import type { Tell } from '../watch/event.ts';
import { acceptedMessage, sentOf } from './accept.ts';
import type { SendEntry, Sent, Unavailable } from './broker.ts';
import type { Committer } from './committer.ts';
import type { Keeper } from './keeper.ts';

/** What sending works with. */
export interface SendingParts {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  readonly committer: Committer;
}

/** Accepts messages: all of a request or none, and answers when they are durable. */
export class Sending {
  readonly #parts: SendingParts;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  /** Answers nothing when the queue had to be read first: begin anew. */
  async send(
    keeper: Keeper,
    entries: readonly SendEntry[],
  ): Promise<Result<readonly Sent[], Unavailable> | undefined> {
    if (this.#parts.store.spaceIsLow()) return failed({ kind: 'disk-full' });
    if (this.#parts.committer.isOverloaded) return failed({ kind: 'overloaded' });
    const { fifo } = keeper.definition.settings;
    if (fifo !== undefined) return this.#sendInOrder(keeper, entries, fifo);
    const messages = this.#messages(entries);
    keeper.apply<'send'>({ kind: 'send', arrivals: arrivalsOf(keeper, messages, entries) });
    return this.#answer(keeper, messages, () => messages.map(sentOf));
  }

  /** A duplicate is answered as its original was, once that is durable. */
  async #sendInOrder(
    keeper: Keeper,
    entries: readonly SendEntry[],
    fifo: FifoSettings,
  ): Promise<Result<readonly Sent[], Unavailable> | undefined> {
    if (keeper.loading !== undefined) {
      await keeper.loading;
      return undefined;
    }
    const whole = entries.map((entry) => ({
      ...entry,
      deduplicationId: entry.deduplicationId ?? contentDeduplicationId(entry.body),
    }));
    const messages = this.#messages(whole);
    const byGroup = fifo.deduplicationScope === 'messageGroup';
    const arrivals = arrivalsOf(keeper, messages, entries).map((arrival, index): Arrival => {
      const { deduplicationId = '', groupId } = whole[index] ?? {};
      const key = deduplicationKey(deduplicationId, byGroup ? groupId : undefined);
      return { ...arrival, deduplicationKey: key };
    });
    const accepted = keeper.apply<'send'>({ kind: 'send', arrivals }) ?? [];
    const news = accepted.filter(({ isDuplicate }) => !isDuplicate);
    return this.#answer(keeper, news, () =>
      messages.map((message, index) => sentAs(message, accepted[index])),
    );
  }

  #messages(entries: readonly SendEntry[]): Message[] {
    const sentAtMs = Math.floor(this.#parts.clock.nowMs());
    return entries.map((entry) => acceptedMessage(entry, sentAtMs, this.#parts.random));
  }

  async #answer(
    keeper: Keeper,
    news: readonly Pick<Message, 'id'>[],
    sent: () => readonly Sent[],
  ): Promise<Result<readonly Sent[], Unavailable>> {
    const synced = keeper.synced();
    keeper.serve();
    if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
    this.#parts.tell({ kind: 'sent', queue: keeper.definition.key, ids: news.map(({ id }) => id) });
    return ok(sent());
  }
}

function arrivalsOf(keeper: Keeper, messages: readonly Message[], entries: readonly SendEntry[]): Arrival[] {
  const { delayMs } = keeper.definition.settings;
  return messages.map((message, index) => {
    const own = entries[index]?.delayMs;
    return { message, delayMs: own ?? delayMs, receiveCount: 0, firstReceivedAtMs: 0 };
  });
}

function sentAs(message: Message, accepted: Accepted | undefined): Sent {
  if (accepted === undefined) return sentOf(message);
  const { id, sequenceNumber } = accepted;
  return sentOf({ ...message, id, sequenceNumber });
}
