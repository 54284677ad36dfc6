import type { MessageId, ReceiptHandle, RunId } from '../base/ids.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { MessageAttributes } from '../message/attribute.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { DEFAULT_SETTINGS, type SettingsChange } from '../queue/settings.ts';
import type {
  Broker,
  CreateFailure,
  DeadLetterFailure,
  ExtendOutcome,
  Extension,
  GivenUp,
  NoSuchQueue,
  QueueDescription,
  QueueListener,
  ReceiveQuery,
  SendEntry,
  Sent,
  SettleOutcome,
  Unavailable,
} from './broker.ts';
import { deadLetterKeeper, deadLetterRefusal } from './dead-letters.ts';
import { describeQueue } from './describe.ts';
import type { Keeper } from './keeper.ts';
import { Keepers, noSuchQueue, type BrokerParts } from './keepers.ts';
import { MoveTasks } from './move-tasks.ts';
import { peekAt, type Peeked, type PeekQuery } from './peek.ts';
import {
  changedSettings,
  changedTags,
  firstDifference,
  writeDefinition,
  type QueueDefinition,
} from './queue-definition.ts';
import type { Queues } from './queues.ts';
import { Receiving, type Received } from './receiving.ts';
import { Sending } from './sending.ts';
import { extendReceipts, giveUpReceipts, settleReceipts, type Synced } from './settling.ts';

/** The broker: a keeper for each queue, one committer for all, answers only after they are durable. */
export class KeptBroker implements Broker {
  readonly #parts: BrokerParts;
  readonly #keepers: Keepers;
  readonly #queues: Queues;
  readonly #receiving: Receiving;
  readonly #sending: Sending;
  readonly #listeners = new Set<QueueListener>();
  readonly moves: MoveTasks;

  private constructor(parts: BrokerParts, keepers: Keepers) {
    this.#parts = parts;
    this.#keepers = keepers;
    this.#queues = keepers.queues;
    const { committer, queues, run } = keepers;
    const waitingLimit = parts.waitingReceivesLimit ?? Infinity;
    this.#receiving = new Receiving({ ...parts, queues, committer, run, waitingLimit });
    this.moves = new MoveTasks({ ...parts, keepers, queues });
    this.#sending = new Sending({ ...parts, committer });
  }

  /** Opens all queues of the store; leases of former runs' dispatchers end, those of clients go on. */
  static async open(parts: BrokerParts): Promise<KeptBroker> {
    const broker = new KeptBroker(parts, await Keepers.open(parts));
    for (const keeper of broker.#queues.all()) broker.moves.resume(keeper);
    return broker;
  }

  /** Number of this run of the platform on its store. */
  get run(): RunId {
    return this.#keepers.run;
  }

  async create(
    queue: QueueKey,
    given: SettingsChange,
    tags: Readonly<Record<string, string>>,
  ): Promise<Result<QueueDescription, CreateFailure>> {
    await this.#keepers.settled(queue);
    if (this.#keepers.isStopping) return failed({ kind: 'stopping' });
    const existing = this.#queues.get(queue);
    if (existing !== undefined) return this.#existing(existing, given);
    const settings = changedSettings(DEFAULT_SETTINGS, given);
    const refused = deadLetterRefusal(this.#queues, queue, settings);
    if (refused !== undefined) return failed(refused);
    if (this.#parts.store.spaceIsLow()) return failed({ kind: 'disk-full' });
    const idSeed = settings.fifo === undefined ? {} : { idSeed: this.#parts.random.uuid() };
    const keeper = this.#keepers.add({ key: queue, settings, tags, ...this.#createdNow(), ...idSeed });
    if ((await keeper.synced()) === 'lost') return failed({ kind: 'disk-full' });
    for (const listener of this.#listeners) listener.created?.(queue);
    return ok(describeQueue(keeper, this.#parts.clock.nowMs()));
  }

  async delete(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>> {
    const deleted = await this.#keepers.with(queue, async (keeper) => {
      keeper.write({ kind: 'queue-deleted', queue: keeper.queue });
      this.#queues.hide(keeper);
      keeper.close();
      if ((await keeper.synced()) === 'lost') {
        this.moves.resume(keeper);
        return failed({ kind: 'disk-full' });
      }
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
    return this.#keepers.with<void, DeadLetterFailure | Unavailable>(queue, (keeper) => {
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
    return this.#keepers.with<void, Unavailable>(queue, (keeper) => {
      const tags = changedTags(keeper.definition.tags, change);
      return this.#redefine(keeper, { ...keeper.definition, tags });
    });
  }

  async purge(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>> {
    return this.#keepers.with<void, Unavailable>(queue, (keeper) => {
      keeper.apply<'purge'>({ kind: 'purge' });
      return whenDurable(keeper.synced(), undefined);
    });
  }

  send(
    queue: QueueKey,
    entries: readonly SendEntry[],
  ): Promise<Result<readonly Sent[], NoSuchQueue | Unavailable>> {
    return this.#keepers.with(queue, (keeper) => this.#sending.send(keeper, entries));
  }

  receive(queue: QueueKey, query: ReceiveQuery): Promise<Received> {
    return this.#keepers.with(queue, (keeper) => this.#receiving.receive(keeper, query));
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
    const answer = await this.#keepers.with<readonly SettleOutcome[], Unavailable>(queue, (keeper) => {
      const settled = settleReceipts(keeper, receipts);
      return settled instanceof Promise ? settled.then(outcomesWhenDurable) : outcomesWhenDurable(settled);
    });
    if (!answer.ok) return answer;
    const count = answer.value.filter((outcome) => outcome === 'settled').length;
    this.#parts.tell({ kind: 'settled', queue, count });
    return answer;
  }

  extend(
    queue: QueueKey,
    extensions: readonly Extension[],
  ): Promise<Result<readonly ExtendOutcome[], NoSuchQueue | Unavailable>> {
    return this.#keepers.with<readonly ExtendOutcome[], Unavailable>(queue, (keeper) => {
      const extended = extendReceipts(keeper, extensions);
      return extended instanceof Promise ? extended.then(outcomesWhenDurable) : outcomesWhenDurable(extended);
    });
  }

  async giveUp(
    queue: QueueKey,
    given: readonly GivenUp[],
  ): Promise<Result<'handed-over' | 'no-dead-letter-queue', NoSuchQueue | Unavailable>> {
    return this.#keepers.with<'handed-over' | 'no-dead-letter-queue', Unavailable>(queue, async (keeper) => {
      const target = deadLetterKeeper(this.#queues, keeper);
      if (target === undefined) return ok('no-dead-letter-queue');
      const ids = giveUpReceipts(keeper, target, given, this.#parts.clock.nowMs());
      const synced = keeper.synced();
      // What stood behind them may be received now. Not in this turn: what waits there may have dead letters of its own.
      setImmediate(() => {
        keeper.serve();
        target.tick();
      });
      if (ids.length > 0)
        this.#parts.tell({ kind: 'dead-lettered', queue, target: target.definition.key, ids });
      return whenDurable(synced, 'handed-over');
    });
  }

  peek(queue: QueueKey, query: PeekQuery): Promise<Result<readonly Peeked[], NoSuchQueue | Unavailable>> {
    const { store, clock } = this.#parts;
    return this.#keepers.with<readonly Peeked[], Unavailable>(queue, async (keeper) =>
      ok(await peekAt(store, keeper, query, Math.floor(clock.nowMs()))),
    );
  }

  blame(queue: QueueKey, id: MessageId, cause: MessageAttributes): void {
    const keeper = this.#queues.get(queue);
    // A queue without dead letters never asks for a cause.
    if (keeper?.definition.settings.redrive !== undefined) keeper.causes.note(id, cause);
  }

  listen(listener: QueueListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets waiting receivers go and makes durable what was accepted; the store is its owner's to close. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.moves.stop();
    await this.#keepers[Symbol.asyncDispose]();
  }

  async #existing(keeper: Keeper, given: SettingsChange): Promise<Result<QueueDescription, CreateFailure>> {
    const setting = firstDifference(keeper.definition.settings, given);
    if (setting !== undefined) return failed({ kind: 'exists-differently', setting });
    return whenDurable(keeper.synced(), describeQueue(keeper, this.#parts.clock.nowMs()));
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
}

/** Outcomes, once what they say is durable. */
function outcomesWhenDurable<Outcome>(
  changed: Synced<Outcome> | undefined,
): Promise<Result<readonly Outcome[], Unavailable>> | undefined {
  return changed && whenDurable(changed.synced, changed.outcomes);
}

/** The value, once what it says is durable. */
async function whenDurable<Value>(
  synced: ReturnType<Keeper['synced']>,
  value: Value,
): Promise<Result<Value, Unavailable>> {
  if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
  return ok(value);
}
