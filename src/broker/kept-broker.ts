import type { Clock } from '../base/clock.ts';
import type { QueueId, ReceiptHandle, RunId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { DEFAULT_SETTINGS, type SettingsChange } from '../queue/settings.ts';
import { QueueState } from '../queue/state.ts';
import type { QueueStore, StoreOpening } from '../store/queue-store.ts';
import { WINDOW, type Window } from '../queue/window.ts';
import type { Tell } from '../watch/event.ts';
import { acceptedMessage, sentOf } from './accept.ts';
import type {
  Broker,
  CreateFailure,
  DeadLetterFailure,
  ExtendOutcome,
  Extension,
  NoSuchQueue,
  QueueDescription,
  QueueListener,
  ReceiveQuery,
  SendEntry,
  Sent,
  SettleOutcome,
  Unavailable,
} from './broker.ts';
import { Committer } from './committer.ts';
import { deadLetterRefusal } from './dead-letters.ts';
import { describeQueue } from './describe.ts';
import { Keeper, type KeeperParts } from './keeper.ts';
import {
  changedSettings,
  changedTags,
  firstDifference,
  readDefinition,
  writeDefinition,
  type QueueDefinition,
} from './queue-definition.ts';
import { Queues } from './queues.ts';
import { Receiving, type Received } from './receiving.ts';
import { extendReceipts, settleReceipts } from './settling.ts';

/** What a broker works with. */
export interface BrokerParts {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  /** The disk failed: nothing more can be promised, and the process must end. Nothing pending is answered. */
  readonly onFatal: (error: unknown) => void;
  /** How much of each queue is in memory. */
  readonly window?: Window;
}

/** The broker: a keeper for each queue, one committer for all, answers only after they are durable. */
export class KeptBroker implements Broker {
  /** Number of this run of the platform on its store. */
  readonly run: RunId;
  readonly #parts: BrokerParts;
  readonly #queues = new Queues();
  readonly #committer: Committer;
  readonly #keeperParts: KeeperParts;
  readonly #receiving: Receiving;
  readonly #listeners = new Set<QueueListener>();
  readonly #waitingForDisk = new Set<Keeper>();
  readonly #window: Window;
  #nextQueueId: QueueId;
  #stopping = false;
  #failed = false;

  private constructor(parts: BrokerParts, opening: StoreOpening) {
    this.#parts = parts;
    this.run = opening.run;
    this.#nextQueueId = opening.nextQueueId;
    this.#window = parts.window ?? WINDOW;
    const { store, clock, tell } = parts;
    const onFatal = (error: unknown): void => this.#fail(error);
    this.#committer = new Committer(
      {
        ...{ store, clock, onFatal },
        counted: (queue) => this.#counted(queue),
        durable: (queues) => this.#wakeResting(queues),
        lost: (queues) => this.#lose(queues),
      },
      opening.lastDurableMs,
    );
    const waitingForDisk = this.#waitingForDisk;
    this.#keeperParts = { store, clock, onFatal, waitingForDisk, committer: this.#committer };
    this.#receiving = new Receiving({
      queues: this.#queues,
      committer: this.#committer,
      run: opening.run,
      tell,
    });
  }

  /** Opens all queues of the store; leases of former runs' dispatchers end, those of clients go on. */
  static async open(parts: BrokerParts): Promise<KeptBroker> {
    const opening = await parts.store.open(Math.floor(parts.clock.nowMs()));
    const broker = new KeptBroker(parts, opening);
    for (const stored of opening.queues) {
      const definition = readDefinition(stored.definition);
      const state = QueueState.restored(stored, definition.settings, broker.#window);
      const keeper = new Keeper(broker.#keeperParts, definition, state);
      broker.#queues.add(keeper);
      keeper.apply<'open-dispatcher-leases'>({ kind: 'open-dispatcher-leases' });
    }
    return broker;
  }

  async create(
    queue: QueueKey,
    given: SettingsChange,
    tags: Readonly<Record<string, string>>,
  ): Promise<Result<QueueDescription, CreateFailure>> {
    for (let wait = this.#rebuilding(queue); wait !== undefined; wait = this.#rebuilding(queue)) await wait;
    if (this.#stopping) return failed({ kind: 'stopping' });
    const existing = this.#queues.get(queue);
    if (existing !== undefined) return this.#existing(existing, given);
    const settings = changedSettings(DEFAULT_SETTINGS, given);
    const refused = deadLetterRefusal(this.#queues, queue, settings);
    if (refused !== undefined) return failed(refused);
    if (this.#parts.store.spaceIsLow()) return failed({ kind: 'disk-full' });
    const keeper = this.#newKeeper({ key: queue, settings, tags, ...this.#createdNow() });
    if ((await keeper.synced()) === 'lost') return failed({ kind: 'disk-full' });
    for (const listener of this.#listeners) listener.created?.(queue);
    return ok(describeQueue(keeper, this.#parts.clock.nowMs()));
  }

  async delete(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>> {
    const deleted = await this.#with(queue, async (keeper) => {
      keeper.write({ kind: 'queue-deleted', queue: keeper.queue });
      this.#queues.hide(keeper);
      keeper.close();
      if ((await keeper.synced()) === 'lost') return failed({ kind: 'disk-full' });
      this.#queues.remove(keeper);
      return ok(undefined);
    });
    if (!deleted.ok) return deleted;
    for (const listener of this.#listeners) listener.deleted?.(queue);
    return ok(undefined);
  }

  describe(queue: QueueKey): Result<QueueDescription, NoSuchQueue> {
    const keeper = this.#queues.get(queue);
    return keeper === undefined ? noSuchQueue(queue) : ok(describeQueue(keeper, this.#parts.clock.nowMs()));
  }

  list(account: string, region: string, prefix = ''): readonly QueueKey[] {
    return this.#queues.names(account, region, prefix);
  }

  async change(
    queue: QueueKey,
    change: SettingsChange,
  ): Promise<Result<void, NoSuchQueue | DeadLetterFailure | Unavailable>> {
    return this.#with<void, DeadLetterFailure | Unavailable>(queue, (keeper) => {
      const settings = changedSettings(keeper.definition.settings, change);
      const refused = 'redrive' in change ? deadLetterRefusal(this.#queues, queue, settings) : undefined;
      if (refused !== undefined) return failed(refused);
      keeper.apply<'configure'>({ kind: 'configure', settings });
      const modifiedAtMs = Math.floor(this.#parts.clock.nowMs());
      return this.#redefine(keeper, { ...keeper.definition, settings, modifiedAtMs });
    });
  }

  async tag(
    queue: QueueKey,
    change: Readonly<Record<string, string | null>>,
  ): Promise<Result<void, NoSuchQueue | Unavailable>> {
    return this.#with<void, Unavailable>(queue, (keeper) => {
      const tags = changedTags(keeper.definition.tags, change);
      return this.#redefine(keeper, { ...keeper.definition, tags });
    });
  }

  async purge(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>> {
    return this.#with<void, Unavailable>(queue, (keeper) => {
      keeper.apply<'purge'>({ kind: 'purge' });
      return whenDurable(keeper.synced(), undefined);
    });
  }

  async send(
    queue: QueueKey,
    entries: readonly SendEntry[],
  ): Promise<Result<readonly Sent[], NoSuchQueue | Unavailable>> {
    return this.#with(queue, (keeper) => this.#sendTo(keeper, entries));
  }

  async #sendTo(
    keeper: Keeper,
    entries: readonly SendEntry[],
  ): Promise<Result<readonly Sent[], Unavailable>> {
    if (this.#parts.store.spaceIsLow()) return failed({ kind: 'disk-full' });
    if (this.#committer.isOverloaded) return failed({ kind: 'overloaded' });
    const sentAtMs = Math.floor(this.#parts.clock.nowMs());
    const messages = entries.map((entry) => acceptedMessage(entry, sentAtMs, this.#parts.random));
    const { delayMs } = keeper.definition.settings;
    const arrivals = messages.map((message, index) => ({
      ...{ message, delayMs: entries[index]?.delayMs ?? delayMs },
      ...{ receiveCount: 0, firstReceivedAtMs: 0 },
    }));
    keeper.apply<'send'>({ kind: 'send', arrivals });
    const synced = keeper.synced();
    keeper.serve();
    if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
    this.#parts.tell({ kind: 'sent', queue: keeper.definition.key, ids: messages.map(({ id }) => id) });
    return ok(messages.map(sentOf));
  }

  async receive(queue: QueueKey, query: ReceiveQuery): Promise<Received> {
    return this.#with(queue, (keeper) => this.#receiving.receive(keeper, query));
  }

  async arrival(queue: QueueKey, signal: AbortSignal): Promise<Result<void, NoSuchQueue>> {
    signal.throwIfAborted();
    const keeper = this.#queues.get(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    await this.#receiving.arrival(keeper, signal);
    signal.throwIfAborted();
    return keeper.isThere ? ok(undefined) : noSuchQueue(queue);
  }

  async settle(
    queue: QueueKey,
    receipts: readonly ReceiptHandle[],
  ): Promise<Result<readonly SettleOutcome[], NoSuchQueue | Unavailable>> {
    const answer = await this.#with<readonly SettleOutcome[], Unavailable>(queue, async (keeper) => {
      const settled = await settleReceipts(keeper, receipts);
      return settled && whenDurable(settled.synced, settled.outcomes);
    });
    if (!answer.ok) return answer;
    const count = answer.value.filter((outcome) => outcome === 'settled').length;
    this.#parts.tell({ kind: 'settled', queue, count });
    return answer;
  }

  async extend(
    queue: QueueKey,
    extensions: readonly Extension[],
  ): Promise<Result<readonly ExtendOutcome[], NoSuchQueue | Unavailable>> {
    return this.#with<readonly ExtendOutcome[], Unavailable>(queue, async (keeper) => {
      const extended = await extendReceipts(keeper, extensions);
      return extended && whenDurable(extended.synced, extended.outcomes);
    });
  }

  listen(listener: QueueListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets waiting receivers go and makes durable what was accepted; the store is its owner's to close. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const keeper of this.#queues.all()) keeper.waiting.giveUp();
    await this.#committer.drain();
    if (!this.#failed) for (const keeper of this.#queues.all()) await keeper.rebuilding;
    for (const keeper of this.#queues.all()) keeper.close();
  }

  /**
   * Acts on a queue that is there and not being read again, in the turn in which it was looked up. An act that answers
   * nothing is begun anew: its queue was read again or deleted meanwhile.
   */
  async #with<Value, Failure extends { readonly kind: string }>(
    queue: QueueKey,
    act: (keeper: Keeper) => Acted<Value, Failure> | Promise<Acted<Value, Failure>>,
  ): Promise<Result<Value, Failure | NoSuchQueue | Unavailable>> {
    for (;;) {
      const keeper = this.#queues.get(queue);
      if (keeper === undefined) return noSuchQueue(queue);
      if (this.#stopping) return failed<Unavailable>({ kind: 'stopping' });
      if (keeper.rebuilding === undefined) {
        const acted = await act(keeper);
        if (acted !== undefined) return acted;
      } else await keeper.rebuilding;
    }
  }

  /** Settled when the queue has been read again, if it is being read. */
  #rebuilding(queue: QueueKey): Promise<void> | undefined {
    return this.#queues.get(queue)?.rebuilding;
  }

  async #existing(keeper: Keeper, given: SettingsChange): Promise<Result<QueueDescription, CreateFailure>> {
    const setting = firstDifference(keeper.definition.settings, given);
    if (setting !== undefined) return failed({ kind: 'exists-differently', setting });
    return whenDurable(keeper.synced(), describeQueue(keeper, this.#parts.clock.nowMs()));
  }

  #newKeeper(definition: QueueDefinition): Keeper {
    const queue = this.#nextQueueId;
    this.#nextQueueId = (queue + 1) as QueueId;
    const keeper = new Keeper(
      this.#keeperParts,
      definition,
      QueueState.empty(queue, definition.settings, this.#window),
    );
    this.#queues.add(keeper);
    keeper.write({ kind: 'queue-written', queue, definition: writeDefinition(definition) });
    return keeper;
  }

  #redefine(keeper: Keeper, definition: QueueDefinition): Promise<Result<void, Unavailable>> {
    keeper.definition = definition;
    keeper.write({ kind: 'queue-written', queue: keeper.queue, definition: writeDefinition(definition) });
    return whenDurable(keeper.synced(), undefined);
  }

  #createdNow(): { readonly createdAtMs: number; readonly modifiedAtMs: number } {
    const nowMs = Math.floor(this.#parts.clock.nowMs());
    return { createdAtMs: nowMs, modifiedAtMs: nowMs };
  }

  #counted(
    queue: QueueId,
  ): { kind: 'counted'; queue: QueueId; messages: number; nextOrder: number } | undefined {
    const keeper = this.#queues.byId(queue);
    const state = keeper?.isThere === true ? keeper.state : undefined;
    return state && { kind: 'counted', queue, messages: state.messages, nextOrder: state.nextOrder };
  }

  #wakeResting(queues: Iterable<QueueId>): void {
    for (const queue of queues) {
      const keeper = this.#queues.byId(queue);
      if (keeper !== undefined && keeper.state.restingCount > 0) keeper.tick();
    }
    this.#tickForDisk();
  }

  /** The disk has come further: lets those queues go on that waited for it. */
  #tickForDisk(): void {
    const waiting = [...this.#waitingForDisk];
    this.#waitingForDisk.clear();
    for (const keeper of waiting) keeper.tick();
  }

  /** Reads again what is durable of the queues whose last steps were lost; one whose end was lost is there again. */
  #lose(queues: ReadonlySet<QueueId>): void {
    for (const queue of queues) {
      const keeper = this.#queues.byId(queue);
      if (keeper === undefined) continue;
      keeper.rebuilding = this.#reload(keeper).catch((error: unknown) => {
        this.#fail(error);
        return new Promise<never>(() => undefined);
      });
      if (!keeper.isThere) this.#queues.add(keeper);
    }
    this.#tickForDisk();
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#parts.onFatal(error);
  }

  async #reload(keeper: Keeper): Promise<void> {
    const stored = await this.#parts.store.reload(keeper.queue, Math.floor(this.#parts.clock.nowMs()));
    if (stored !== undefined) {
      const definition = readDefinition(stored.definition);
      return keeper.restart(QueueState.restored(stored, definition.settings, this.#window), definition);
    }
    this.#queues.remove(keeper);
    keeper.rebuilding = undefined;
    keeper.close();
  }
}

/** What an act on a queue answered; undefined when it must be begun anew. */
type Acted<Value, Failure extends { readonly kind: string }> =
  | Result<Value, Failure | NoSuchQueue | Unavailable>
  | undefined;

/** The value, once what it says is durable. */
async function whenDurable<Value>(
  synced: ReturnType<Keeper['synced']>,
  value: Value,
): Promise<Result<Value, Unavailable>> {
  if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
  return ok(value);
}

function noSuchQueue(queue: QueueKey): { readonly ok: false; readonly failure: NoSuchQueue } {
  return failed({ kind: 'no-such-queue', queue });
}
