import type { Clock } from '../base/clock.ts';
import type { QueueId, RunId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { failed, type Result } from '../base/result.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { QueueState } from '../queue/state.ts';
import { WINDOW, type Window } from '../queue/window.ts';
import type { QueueStore, StoreOpening } from '../store/queue-store.ts';
import type { Tell } from '../watch/event.ts';
import type { NoSuchQueue, Unavailable } from './broker.ts';
import { Committer } from './committer.ts';
import { Held } from './held.ts';
import { Keeper, type KeeperParts } from './keeper.ts';
import { readDefinition, writeDefinition, type QueueDefinition } from './queue-definition.ts';
import { Queues } from './queues.ts';

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
  /** Bytes of messages that all queues together may hold before each must make do with little. Unset: 64 MiB. */
  readonly mostHeldBytes?: number;
  /** How many receives may wait for messages at once; as many as like, where nothing is said. */
  readonly waitingReceivesLimit?: number;
}

/** How long expiry rests after a full disk: it would be lost again and again without an end. */
const EXPIRY_REST_MS = 1000;

/** A keeper for each queue and one committer for all: how they come, go on with the disk, are read again, and stop. */
export class Keepers implements AsyncDisposable {
  /** Number of this run of the platform on its store. */
  readonly run: RunId;
  readonly queues = new Queues();
  readonly committer: Committer;
  readonly #parts: BrokerParts;
  readonly #keeperParts: KeeperParts;
  readonly #waitingForDisk = new Set<Keeper>();
  readonly #window: Window;
  readonly #held: Held;
  #nextQueueId: QueueId;
  #stopping = false;
  #failed = false;

  private constructor(parts: BrokerParts, opening: StoreOpening) {
    this.#parts = parts;
    this.run = opening.run;
    this.#nextQueueId = opening.nextQueueId;
    this.#window = parts.window ?? WINDOW;
    this.#held = new Held(parts.mostHeldBytes);
    const { store, clock } = parts;
    const onFatal = (error: unknown): void => this.#fail(error);
    this.committer = new Committer(
      {
        ...{ store, clock, onFatal },
        mostHeldBytes: () => this.#held.mostOfOneBytes,
        counted: (queue) => this.#counted(queue),
        durable: (queues) => this.#wakeResting(queues),
        lost: (queues) => this.#lose(queues),
      },
      opening.lastDurableMs,
    );
    const waitingForDisk = this.#waitingForDisk;
    this.#keeperParts = {
      store,
      clock,
      onFatal,
      waitingForDisk,
      held: this.#held,
      committer: this.committer,
    };
  }

  /** Opens all queues of the store; leases of former runs' dispatchers end, those of clients go on. */
  static async open(parts: BrokerParts): Promise<Keepers> {
    const opening = await parts.store.open(Math.floor(parts.clock.nowMs()));
    const keepers = new Keepers(parts, opening);
    for (const stored of opening.queues) {
      const definition = readDefinition(stored.definition);
      const state = QueueState.restored(stored, definition, keepers.#window);
      const keeper = new Keeper(keepers.#keeperParts, definition, state);
      keepers.queues.add(keeper);
      keeper.apply<'open-dispatcher-leases'>({ kind: 'open-dispatcher-leases' });
    }
    return keepers;
  }

  /** True once nothing new is begun. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** A new queue, whose definition is on its way to the disk. */
  add(definition: QueueDefinition): Keeper {
    const queue = this.#nextQueueId;
    this.#nextQueueId = (queue + 1) as QueueId;
    const state = QueueState.empty(queue, definition, this.#window);
    const keeper = new Keeper(this.#keeperParts, definition, state);
    this.queues.add(keeper);
    keeper.write({ kind: 'queue-written', queue, definition: writeDefinition(definition) });
    return keeper;
  }

  /** Resolves when the queue of this name is not being read again. */
  async settled(queue: QueueKey): Promise<void> {
    const rebuilding = (): Promise<void> | undefined => this.queues.get(queue)?.rebuilding;
    for (let wait = rebuilding(); wait !== undefined; wait = rebuilding()) await wait;
  }

  /**
   * Acts on a queue that is there and not being read again, in the turn in which it was looked up. An act that answers
   * nothing is begun anew: its queue was read again or deleted meanwhile.
   */
  async with<Value, Failure extends { readonly kind: string }>(
    queue: QueueKey,
    act: (keeper: Keeper) => Acted<Value, Failure> | Promise<Acted<Value, Failure>>,
  ): Promise<Result<Value, Failure | NoSuchQueue | Unavailable>> {
    for (;;) {
      const keeper = this.queues.get(queue);
      if (keeper === undefined) return noSuchQueue(queue);
      if (this.#stopping) return failed<Unavailable>({ kind: 'stopping' });
      if (keeper.rebuilding === undefined) {
        const acted = act(keeper);
        const done = acted instanceof Promise ? await acted : acted;
        if (done !== undefined) return done;
      } else await keeper.rebuilding;
    }
  }

  /** Lets waiting receivers go and makes durable what was accepted; the store is its owner's to close. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const keeper of this.queues.all()) {
      keeper.waiting.giveUp();
      keeper.writeLeases();
    }
    // What was being read may bring changes of its own; none is left when the keepers close.
    do {
      await this.committer.drain();
      if (!this.#failed) for (const keeper of this.queues.all()) await keeper.rebuilding;
    } while (!this.#failed && !this.committer.isIdle);
    for (const keeper of this.queues.all()) keeper.close();
  }

  #counted(
    queue: QueueId,
  ): { kind: 'counted'; queue: QueueId; messages: number; nextOrder: number } | undefined {
    const keeper = this.queues.byId(queue);
    const state = keeper?.isThere === true ? keeper.state : undefined;
    return state && { kind: 'counted', queue, messages: state.messages, nextOrder: state.nextOrder };
  }

  #wakeResting(queues: Iterable<QueueId>): void {
    for (const queue of queues) {
      const keeper = this.queues.byId(queue);
      if (keeper !== undefined && keeper.state.restingCount > 0) keeper.tick();
    }
    this.#tickForDisk();
  }

  /** The disk has come further: lets those queues go on that waited for it. */
  #tickForDisk(): void {
    if (this.#waitingForDisk.size === 0) return;
    const waiting = [...this.#waitingForDisk];
    this.#waitingForDisk.clear();
    for (const keeper of waiting) keeper.tick();
  }

  /** Reads again what is durable of the queues whose last steps were lost; one whose end was lost is there again. */
  #lose(queues: ReadonlySet<QueueId>): void {
    for (const queue of queues) {
      const keeper = this.queues.byId(queue);
      if (keeper === undefined) continue;
      keeper.rebuilding = this.#reload(keeper).catch((error: unknown) => {
        this.#fail(error);
        return new Promise<never>(() => undefined);
      });
      if (!keeper.isThere) this.queues.add(keeper);
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
      const state = QueueState.restored(stored, definition, this.#window);
      state.ageing.restsUntilMs = this.#parts.clock.nowMs() + EXPIRY_REST_MS;
      return keeper.restart(state, definition);
    }
    this.queues.remove(keeper);
    keeper.rebuilding = undefined;
    keeper.close();
  }
}

/** What an act on a queue answered; undefined when it must be begun anew. */
type Acted<Value, Failure extends { readonly kind: string }> =
  | Result<Value, Failure | NoSuchQueue | Unavailable>
  | undefined;

/** No queue of this name is there. */
export function noSuchQueue(queue: QueueKey): { readonly ok: false; readonly failure: NoSuchQueue } {
  return failed({ kind: 'no-such-queue', queue });
}
