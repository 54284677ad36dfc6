import type { Clock } from '../base/clock.ts';
import type { QueueId } from '../base/ids.ts';
import type { Moment } from '../queue/command.ts';
import type { Change } from '../store/change.ts';
import type { QueueStore } from '../store/queue-store.ts';
import { Group } from './group.ts';

/** What a committer works with. */
export interface CommitterParts {
  readonly store: QueueStore;
  readonly clock: Clock;
  /** How many messages a queue holds, as it is written with each group that changes the queue. */
  readonly counted: (queue: QueueId) => Change | undefined;
  /** A group with changes of these queues has become durable. */
  readonly durable: (queues: Iterable<QueueId>) => void;
  /** The disk was full: what these queues did since the last durable group never happened. */
  readonly lost: (queues: ReadonlySet<QueueId>) => void;
  /** Bytes of messages that a queue may hold now, because of what all of them hold. */
  readonly mostHeldBytes?: () => number;
  /** The disk failed: nothing more can be promised. */
  readonly onFatal: (error: unknown) => void;
}

/** Bytes of messages on their way to the disk beyond which sends are refused. */
const MOST_FILLING_BYTES = 64 * 1024 * 1024;

/** Groups on their way to the disk at a time: while one is synced, the next waits at the disk already. */
const MOST_IN_FLIGHT = 2;

/** A second group leaves when it has so much of what the one on its way has. */
const LEAST_OF_LAST = 0.5;

/** Group commit: up to two groups in flight, one filling. All changes of one turn of the event loop share a group. */
export class Committer {
  readonly #parts: CommitterParts;
  #filling = new Group(1);
  /** On their way to the disk, oldest first. */
  #inFlight: readonly Group[] = [];
  #durableGroup = 0;
  #scheduled = false;
  #lastAtMs: number;
  #failed = false;
  readonly #failure = Promise.withResolvers<void>();

  constructor(parts: CommitterParts, lastDurableMs: number) {
    this.#parts = parts;
    this.#lastAtMs = lastDurableMs;
  }

  /** The moment for a command that is applied now. */
  moment(): Moment {
    const nowMs = Math.floor(this.#parts.clock.nowMs());
    const durableThroughMs = this.#inFlight[0]?.startedAtMs ?? this.#filling.startedAtMs ?? nowMs;
    const group = this.#filling.number;
    const latestGroup = this.#filling.isEmpty ? group - 1 : group;
    const mostHeldBytes = this.#parts.mostHeldBytes?.() ?? Infinity;
    const durableGroup = this.#durableGroup;
    return { nowMs, group, latestGroup, durableGroup, durableThroughMs, mostHeldBytes };
  }

  /** True when so much is on its way to the disk that sends must wait. */
  get isOverloaded(): boolean {
    return this.#filling.sizeBytes > MOST_FILLING_BYTES;
  }

  /** Takes changes into the filling group, and answers its number. */
  add(changes: readonly Change[], moment: Moment): number {
    this.#filling.add(changes, moment.nowMs);
    this.#schedule();
    return this.#filling.number;
  }

  /** Resolves when the group's fate is known; at once when it is durable. */
  fate(group: number): Promise<'durable' | 'lost'> | 'durable' {
    if (group <= this.#durableGroup) return 'durable';
    if (group === this.#filling.number) return this.#filling.isEmpty ? 'durable' : this.#filling.fate.promise;
    return this.#inFlight.find(({ number }) => number === group)?.fate.promise ?? 'durable';
  }

  /** True when nothing is on its way to the disk. */
  get isIdle(): boolean {
    return this.#inFlight.length === 0 && this.#filling.isEmpty;
  }

  /** Resolves when everything added so far is durable, or never will be because the disk failed. */
  async drain(): Promise<void> {
    while (!this.#failed && !this.isIdle) {
      await Promise.race([(this.#inFlight[0] ?? this.#filling).fate.promise, this.#failure.promise]);
    }
  }

  /**
   * A second group leaves only when it is worth a sync of its own beside the one on its way: every sync costs the same, and the connections
   * that wait for many small groups would have filled one.
   */
  get #mayLeave(): boolean {
    const last = this.#inFlight.at(-1);
    if (last === undefined) return true;
    return this.#inFlight.length < MOST_IN_FLIGHT && this.#filling.count >= last.count * LEAST_OF_LAST;
  }

  #schedule(): void {
    if (this.#scheduled || !this.#mayLeave || this.#failed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#mayLeave) this.#commit();
    });
  }

  #commit(): void {
    const group = this.#filling;
    if (group.isEmpty) return;
    this.#filling = new Group(group.number + 1);
    this.#inFlight = [...this.#inFlight, group];
    this.#lastAtMs = Math.max(this.#lastAtMs, Math.floor(this.#parts.clock.nowMs()));
    this.#parts.store.commit(group.changes(this.#parts.counted), this.#lastAtMs).then(
      (outcome) => (outcome === 'committed' ? this.#succeed(group) : this.#lose(group)),
      (error: unknown) => {
        this.#failed = true;
        this.#failure.resolve();
        this.#parts.onFatal(error);
      },
    );
  }

  #succeed(group: Group): void {
    this.#durableGroup = group.number;
    this.#inFlight = this.#inFlight.slice(1);
    group.fate.resolve('durable');
    if (!this.#filling.isEmpty) this.#schedule();
    this.#parts.durable(group.queues);
  }

  /** What is under way behind it and what fills now were decided on top of what was lost: they are lost with it. */
  #lose(group: Group): void {
    if (group.number <= this.#durableGroup) return;
    const lost = [...this.#inFlight, this.#filling];
    this.#durableGroup = this.#filling.number;
    this.#filling = new Group(this.#durableGroup + 1);
    this.#inFlight = [];
    this.#parts.lost(new Set(lost.flatMap(({ queues }) => [...queues])));
    for (const { fate } of lost) fate.resolve('lost');
  }
}
