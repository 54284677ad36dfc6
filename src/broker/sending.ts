import type { Clock } from '../base/clock.ts';
import type { MessageId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { contentDeduplicationId, deduplicationKey } from '../message/deduplication.ts';
import type { Arrival } from '../queue/command.ts';
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
    const sentAtMs = this.#nowMs();
    const arrivals = entries.map((entry): Arrival => {
      const message = acceptedMessage(entry, sentAtMs, this.#parts.random.uuid() as MessageId);
      return { message, delayMs: delayOf(keeper, entry), receiveCount: 0, firstReceivedAtMs: 0 };
    });
    keeper.apply<'send'>({ kind: 'send', arrivals });
    const ids = arrivals.map(({ message }) => message.id);
    return this.#answer(keeper, ids, () => arrivals.map(({ message }) => sentOf(message, message)));
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
    const sentAtMs = this.#nowMs();
    const byGroup = fifo.deduplicationScope === 'messageGroup';
    const arrivals = entries.map((entry): Arrival => {
      const deduplicationId = entry.deduplicationId ?? contentDeduplicationId(entry.body);
      const whole = entry.deduplicationId === undefined ? { ...entry, deduplicationId } : entry;
      const message = acceptedMessage(whole, sentAtMs, ID_BY_PLACE);
      const key = deduplicationKey(deduplicationId, byGroup ? entry.groupId : undefined);
      return {
        message,
        delayMs: delayOf(keeper, entry),
        receiveCount: 0,
        firstReceivedAtMs: 0,
        deduplicationKey: key,
      };
    });
    const accepted = keeper.apply<'send'>({ kind: 'send', arrivals }) ?? [];
    const news = accepted.filter(({ isDuplicate }) => !isDuplicate).map(({ id }) => id);
    return this.#answer(keeper, news, () =>
      arrivals.map(({ message }, index) => sentOf(message, accepted[index] ?? message)),
    );
  }

  #nowMs(): number {
    return Math.floor(this.#parts.clock.nowMs());
  }

  async #answer(
    keeper: Keeper,
    ids: readonly MessageId[],
    sent: () => readonly Sent[],
  ): Promise<Result<readonly Sent[], Unavailable>> {
    const synced = keeper.synced();
    keeper.serve();
    if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
    this.#parts.tell({ kind: 'sent', queue: keeper.definition.key, ids });
    return ok(sent());
  }
}

/** Of a message on its way to a FIFO queue: the law gives it one that follows from its place. */
const ID_BY_PLACE = '' as MessageId;

function delayOf(keeper: Keeper, { delayMs }: SendEntry): number {
  return delayMs ?? keeper.definition.settings.delayMs;
}
