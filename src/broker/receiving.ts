import type { Clock } from '../base/clock.ts';
import type { RunId } from '../base/ids.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Delivery } from '../message/message.ts';
import { writeReceipt } from '../message/receipt.ts';
import type { Replies } from '../queue/command.ts';
import type { Tell } from '../watch/event.ts';
import type { NoSuchQueue, ReceiveQuery, Unavailable } from './broker.ts';
import type { Committer } from './committer.ts';
import { deadLetterKeeper, deadLettersClosed, movedLetters } from './dead-letters.ts';
import type { Keeper } from './keeper.ts';
import type { Queues } from './queues.ts';

/** What a receive answers. */
export type Received = Result<
  readonly Delivery[],
  NoSuchQueue | Unavailable | { readonly kind: 'too-many-in-flight' }
>;

/** What receiving works with. */
export interface ReceivingParts {
  readonly clock: Clock;
  readonly queues: Queues;
  readonly committer: Committer;
  readonly run: RunId;
  readonly tell: Tell;
  /** How many receives may wait at once. */
  readonly waitingLimit: number;
}

/** Leases messages, now or as soon as there are any; hands over dead letters on the way. */
export class Receiving {
  readonly #parts: ReceivingParts;
  #waitingCount = 0;

  constructor(parts: ReceivingParts) {
    this.#parts = parts;
  }

  /**
   * Takes what is there, or waits for it as long as the query says. Answers nothing when the queue of dead letters had to be
   * read first: begin anew, so that nothing is given away once more than it may be.
   */
  async receive(keeper: Keeper, query: ReceiveQuery): Promise<Received | undefined> {
    if (query.signal?.aborted === true) return ok([]);
    const closed = deadLettersClosed(this.#parts.queues, keeper);
    if (closed !== undefined) {
      await closed;
      return undefined;
    }
    const taken = keeper.waiting.size === 0 ? this.#take(keeper, query) : undefined;
    if (taken !== undefined && isAnswer(taken)) return this.#answer(keeper, taken);
    const waitMs = query.waitMs ?? keeper.definition.settings.receiveWaitMs;
    if (waitMs === 0) return this.#answer(keeper, await this.#takeNow(keeper, query, taken));
    if (this.#waitingCount >= this.#parts.waitingLimit) return failed({ kind: 'overloaded' });
    this.#waitingCount += 1;
    const later = await this.#wait(keeper, query, waitMs);
    this.#waitingCount -= 1;
    if (later !== undefined) return this.#answer(keeper, later);
    return keeper.isThere ? ok([]) : failed({ kind: 'no-such-queue', queue: keeper.definition.key });
  }

  /** Resolves when there is something to receive, when the queue goes, or when the signal aborts. */
  arrival(keeper: Keeper, signal: AbortSignal): Promise<void> {
    if (keeper.rebuilding === undefined && keeper.state.isAsleep) keeper.apply<'wake'>({ kind: 'wake' });
    if (keeper.state.hasReady || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const serve = (): boolean => {
        resolve();
        return true;
      };
      keeper.waiting.join({ serve, giveUp: resolve }, { waitMs: Infinity, signal });
    });
  }

  /** What is there without waiting for new messages; what rests in the store counts as there. */
  async #takeNow(keeper: Keeper, query: ReceiveQuery, first: Take | undefined): Promise<Take> {
    let taken = first ?? this.#take(keeper, query);
    while (!isAnswer(taken) && keeper.paging !== undefined) {
      await keeper.paging;
      for (let wait = this.#closed(keeper); wait !== undefined; wait = this.#closed(keeper)) await wait;
      if (!keeper.isThere || keeper.isResting || query.signal?.aborted === true) return taken;
      taken = this.#take(keeper, query);
    }
    return taken;
  }

  #closed(keeper: Keeper): Promise<void> | undefined {
    return keeper.rebuilding ?? deadLettersClosed(this.#parts.queues, keeper);
  }

  #wait(keeper: Keeper, query: ReceiveQuery, waitMs: number): Promise<Take | undefined> {
    return new Promise((resolve) => {
      const serve = (): boolean => {
        const closed = deadLettersClosed(this.#parts.queues, keeper);
        if (closed !== undefined) void closed.then(() => keeper.tick());
        const taken = closed === undefined ? this.#take(keeper, query) : undefined;
        if (taken === undefined || !isAnswer(taken)) return false;
        resolve(taken);
        return true;
      };
      keeper.waiting.join({ serve, giveUp: () => resolve(undefined) }, { waitMs, signal: query.signal });
    });
  }

  #take(keeper: Keeper, query: ReceiveQuery): Take {
    const letterKeeper = deadLetterKeeper(this.#parts.queues, keeper);
    const reply = keeper.apply<'receive'>({
      kind: 'receive',
      maximum: query.maximum,
      maximumSizeBytes: query.maximumSizeBytes ?? Infinity,
      visibilityMs: query.visibilityMs ?? keeper.definition.settings.visibilityMs,
      holder: query.holder,
      run: this.#parts.run,
      ...(query.attemptId !== undefined && { attemptId: query.attemptId }),
      deadLetterQueueExists: letterKeeper !== undefined,
    });
    if (reply.deadLetters.length > 0 && letterKeeper !== undefined)
      this.#handOver(keeper, letterKeeper, reply);
    const isOrdered = keeper.state.fifo !== undefined && reply.taken.length > 0;
    return { reply, durable: isOrdered ? keeper.synced() : this.#parts.committer.fate(reply.addedInGroup) };
  }

  /** In the same turn as the removal, so that both are in one group. */
  #handOver(from: Keeper, to: Keeper, reply: Replies['receive']): void {
    const source = from.definition.key;
    to.apply<'send'>({
      kind: 'send',
      arrivals: movedLetters(reply.deadLetters, from, to, this.#parts.clock.nowMs()),
    });
    // Not in this turn: what waits there may have dead letters of its own, which may come back here.
    setImmediate(() => to.tick());
    const ids = reply.deadLetters.map((letter) => letter.message.id);
    this.#parts.tell({ kind: 'dead-lettered', queue: source, target: to.definition.key, ids });
  }

  /**
   * Waits for the groups that brought the messages; the leases themselves may be lost in a crash. On a FIFO queue it waits for
   * them too, so that nothing behind them is given away.
   */
  async #answer(keeper: Keeper, { reply, durable }: Take): Promise<Received> {
    if (reply.kind === 'too-many-in-flight') return failed({ kind: 'too-many-in-flight' });
    if (durable !== 'durable' && (await durable) === 'lost') return failed({ kind: 'disk-full' });
    if (reply.taken.length === 0) return ok([]);
    const { run, tell } = this.#parts;
    const queue = keeper.queue;
    const deliveries = reply.taken.map(({ message, order, receiveCount, firstReceivedAtMs }) => {
      const receipt = writeReceipt({ run, queue, order, receiveCount });
      return { message, receipt, receiveCount, firstReceivedAtMs };
    });
    tell({
      kind: 'received',
      queue: keeper.definition.key,
      ids: reply.taken.map(({ message }) => message.id),
    });
    return ok(deliveries);
  }
}

/** What was taken, and the fate of what must be durable before it is given. */
interface Take {
  readonly reply: Replies['receive'];
  readonly durable: ReturnType<Committer['fate']>;
}

function isAnswer({ reply }: Take): boolean {
  return reply.kind === 'too-many-in-flight' || reply.taken.length > 0;
}
