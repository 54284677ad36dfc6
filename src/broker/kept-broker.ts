import type { Clock } from '../base/clock.ts';
import type { MessageId, QueueId, ReceiptHandle, RunId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { attributesMd5, attributesSizeBytes } from '../message/attribute.ts';
import { bodyMd5, type Message } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { DEFAULT_SETTINGS, type SettingsChange } from '../queue/settings.ts';
import { QueueState } from '../queue/state.ts';
import type { QueueStore, StoreOpening } from '../store/queue-store.ts';
import type { Tell } from '../watch/event.ts';
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
  /** Queues whose deletion is not durable yet: a full disk brings them back. */
  readonly #leaving = new Map<QueueId, Keeper>();
  #nextQueueId: QueueId;
  #stopping = false;

  private constructor(parts: BrokerParts, opening: StoreOpening) {
    this.#parts = parts;
    this.run = opening.run;
    this.#nextQueueId = opening.nextQueueId;
    const { store, clock, onFatal, tell } = parts;
    this.#committer = new Committer(
      {
        ...{ store, clock, onFatal },
        counted: (queue) => this.#counted(queue),
        durable: (queues) => this.#wakeResting(queues),
        lost: (queues) => this.#rebuild(queues),
      },
      opening.lastDurableMs,
    );
    this.#keeperParts = { store, clock, onFatal, run: opening.run, committer: this.#committer };
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
      const state = QueueState.restored(stored, definition.settings);
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
    if (this.#stopping) return failed({ kind: 'stopping' });
    const existing = await this.#settledKeeper(queue);
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
    const keeper = await this.#settledKeeper(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    if (this.#stopping) return failed({ kind: 'stopping' });
    keeper.write({ kind: 'queue-deleted', queue: keeper.queue });
    this.#queues.remove(keeper);
    keeper.close();
    this.#leaving.set(keeper.queue, keeper);
    const fate = await keeper.synced();
    this.#leaving.delete(keeper.queue);
    if (fate === 'lost') return failed({ kind: 'disk-full' });
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
    const keeper = await this.#settledKeeper(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    const settings = changedSettings(keeper.definition.settings, change);
    const refused = 'redrive' in change ? deadLetterRefusal(this.#queues, queue, settings) : undefined;
    if (refused !== undefined) return failed(refused);
    keeper.apply<'configure'>({ kind: 'configure', settings });
    const modifiedAtMs = Math.floor(this.#parts.clock.nowMs());
    return this.#redefine(keeper, { ...keeper.definition, settings, modifiedAtMs });
  }

  async tag(
    queue: QueueKey,
    change: Readonly<Record<string, string | null>>,
  ): Promise<Result<void, NoSuchQueue | Unavailable>> {
    const keeper = await this.#settledKeeper(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    return this.#redefine(keeper, {
      ...keeper.definition,
      tags: changedTags(keeper.definition.tags, change),
    });
  }

  async purge(queue: QueueKey): Promise<Result<void, NoSuchQueue | Unavailable>> {
    const keeper = await this.#settledKeeper(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    keeper.apply<'purge'>({ kind: 'purge' });
    return this.#whenSynced(keeper, undefined);
  }

  async send(
    queue: QueueKey,
    entries: readonly SendEntry[],
  ): Promise<Result<readonly Sent[], NoSuchQueue | Unavailable>> {
    const keeper = this.#queues.get(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    if (keeper.rebuilding !== undefined) await keeper.rebuilding;
    if (this.#stopping) return failed({ kind: 'stopping' });
    if (this.#parts.store.spaceIsLow()) return failed({ kind: 'disk-full' });
    if (this.#committer.isOverloaded) return failed({ kind: 'overloaded' });
    const sentAtMs = Math.floor(this.#parts.clock.nowMs());
    const messages = entries.map((entry) => this.#message(entry, sentAtMs));
    const { delayMs } = keeper.definition.settings;
    const arrivals = messages.map((message, index) => ({
      ...{ message, delayMs: entries[index]?.delayMs ?? delayMs },
      ...{ receiveCount: 0, firstReceivedAtMs: 0 },
    }));
    keeper.apply<'send'>({ kind: 'send', arrivals });
    const synced = keeper.synced();
    keeper.serve();
    if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
    this.#parts.tell({ kind: 'sent', queue, ids: messages.map(({ id }) => id) });
    return ok(messages.map(sentOf));
  }

  async receive(queue: QueueKey, query: ReceiveQuery): Promise<Received> {
    const keeper = this.#queues.get(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    if (keeper.rebuilding !== undefined) await keeper.rebuilding;
    if (this.#stopping) return failed({ kind: 'stopping' });
    return this.#receiving.receive(keeper, query);
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
    const keeper = await this.#settledKeeper(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    const outcomes = await settleReceipts(keeper, this.#parts.store, receipts);
    const answer = await this.#whenSynced(keeper, outcomes);
    const count = outcomes.filter((outcome) => outcome === 'settled').length;
    if (answer.ok) this.#parts.tell({ kind: 'settled', queue, count });
    return answer;
  }

  async extend(
    queue: QueueKey,
    extensions: readonly Extension[],
  ): Promise<Result<readonly ExtendOutcome[], NoSuchQueue | Unavailable>> {
    const keeper = await this.#settledKeeper(queue);
    if (keeper === undefined) return noSuchQueue(queue);
    return this.#whenSynced(keeper, await extendReceipts(keeper, this.#parts.store, extensions));
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
    for (const keeper of this.#queues.all()) keeper.close();
  }

  /** The queue's keeper, once it does not read itself again. */
  async #settledKeeper(queue: QueueKey): Promise<Keeper | undefined> {
    const keeper = this.#queues.get(queue);
    if (keeper?.rebuilding === undefined) return keeper;
    await keeper.rebuilding;
    return this.#queues.get(queue);
  }

  async #existing(keeper: Keeper, given: SettingsChange): Promise<Result<QueueDescription, CreateFailure>> {
    const setting = firstDifference(keeper.definition.settings, given);
    if (setting !== undefined) return failed({ kind: 'exists-differently', setting });
    return this.#whenSynced(keeper, describeQueue(keeper, this.#parts.clock.nowMs()));
  }

  #newKeeper(definition: QueueDefinition): Keeper {
    const queue = this.#nextQueueId;
    this.#nextQueueId = (queue + 1) as QueueId;
    const keeper = new Keeper(this.#keeperParts, definition, QueueState.empty(queue, definition.settings));
    this.#queues.add(keeper);
    keeper.write({ kind: 'queue-written', queue, definition: writeDefinition(definition) });
    return keeper;
  }

  #redefine(keeper: Keeper, definition: QueueDefinition): Promise<Result<void, Unavailable>> {
    keeper.definition = definition;
    keeper.write({ kind: 'queue-written', queue: keeper.queue, definition: writeDefinition(definition) });
    return this.#whenSynced(keeper, undefined);
  }

  async #whenSynced<Value>(keeper: Keeper, value: Value): Promise<Result<Value, Unavailable>> {
    const synced = keeper.synced();
    if (synced !== 'durable' && (await synced) === 'lost') return failed({ kind: 'disk-full' });
    return ok(value);
  }

  #createdNow(): { readonly createdAtMs: number; readonly modifiedAtMs: number } {
    const nowMs = Math.floor(this.#parts.clock.nowMs());
    return { createdAtMs: nowMs, modifiedAtMs: nowMs };
  }

  #message(entry: SendEntry, sentAtMs: number): Message {
    const { delayMs: _, ...kept } = entry;
    const digest = attributesMd5(entry.attributes);
    return {
      ...kept,
      id: this.#parts.random.uuid() as MessageId,
      bodyMd5: bodyMd5(entry.body),
      ...(digest !== undefined && { attributesMd5: digest }),
      sizeBytes: Buffer.byteLength(entry.body) + attributesSizeBytes(entry.attributes),
      sentAtMs,
    };
  }

  #counted(
    queue: QueueId,
  ): { kind: 'counted'; queue: QueueId; messages: number; nextOrder: number } | undefined {
    const state = this.#queues.byId(queue)?.state;
    return state && { kind: 'counted', queue, messages: state.messages, nextOrder: state.nextOrder };
  }

  #wakeResting(queues: Iterable<QueueId>): void {
    for (const queue of queues) {
      const keeper = this.#queues.byId(queue);
      if (keeper !== undefined && keeper.state.restingCount > 0) keeper.tick();
    }
  }

  /** Reads again what is durable of the queues whose last steps were lost. */
  #rebuild(queues: ReadonlySet<QueueId>): void {
    for (const queue of queues) {
      const keeper = this.#queues.byId(queue) ?? this.#cameBack(queue);
      if (keeper !== undefined) keeper.rebuilding = this.#reload(keeper).catch(this.#parts.onFatal);
    }
  }

  /** The keeper of a queue whose deletion was lost. */
  #cameBack(queue: QueueId): Keeper | undefined {
    const keeper = this.#leaving.get(queue);
    if (keeper === undefined) return undefined;
    keeper.isThere = true;
    this.#queues.add(keeper);
    return keeper;
  }

  async #reload(keeper: Keeper): Promise<void> {
    const stored = await this.#parts.store.reload(keeper.queue, Math.floor(this.#parts.clock.nowMs()));
    if (stored !== undefined) {
      const definition = readDefinition(stored.definition);
      return keeper.restart(QueueState.restored(stored, definition.settings), definition);
    }
    this.#queues.remove(keeper);
    keeper.rebuilding = undefined;
    keeper.close();
  }
}

function noSuchQueue(queue: QueueKey): { readonly ok: false; readonly failure: NoSuchQueue } {
  return failed({ kind: 'no-such-queue', queue });
}

function sentOf({ id, bodyMd5: digest, attributesMd5: attributesDigest, sequenceNumber }: Message): Sent {
  return {
    id,
    bodyMd5: digest,
    ...(attributesDigest !== undefined && { attributesMd5: attributesDigest }),
    ...(sequenceNumber !== undefined && { sequenceNumber }),
  };
}
