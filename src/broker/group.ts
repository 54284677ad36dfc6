import type { QueueId } from '../base/ids.ts';
import { unreachable } from '../base/assert.ts';
import type { Change, RememberedSends } from '../store/change.ts';
import { joinedSends } from './joined-sends.ts';

type MessageChange = Extract<Change, { readonly order: number }>;

/** Changes of many queues that become durable together. What cancels out inside the group is not written. */
export class Group {
  readonly number: number;
  /** When the first change joined; undefined while there is none. */
  startedAtMs: number | undefined;
  sizeBytes = 0;
  /** How many changes joined, those included that cancelled out. */
  count = 0;
  /** Settled when the group's fate is known. */
  readonly fate = Promise.withResolvers<'durable' | 'lost'>();
  readonly #queues = new Map<QueueId, QueueChanges>();

  constructor(number: number) {
    this.number = number;
  }

  get isEmpty(): boolean {
    return this.startedAtMs === undefined;
  }

  /** The queues that it changes. */
  get queues(): Iterable<QueueId> {
    return this.#queues.keys();
  }

  /** Takes changes in, in the order in which they happened. */
  add(changes: readonly Change[], nowMs: number): void {
    this.startedAtMs ??= nowMs;
    this.count += changes.length;
    for (const change of changes) this.#of(change.queue).add(change, this);
  }

  /** All changes: those of whole queues first, then those of single messages. */
  changes(counted: (queue: QueueId) => Change | undefined): Change[] {
    const all: Change[] = [];
    for (const [queue, changes] of this.#queues) {
      for (const change of changes.whole) all.push(change);
      for (const change of changes.messages.values()) all.push(change);
      for (const sends of joinedSends(changes.sends)) all.push({ kind: 'sends-remembered', queue, sends });
      const count = counted(queue);
      if (count !== undefined) all.push(count);
    }
    return all;
  }

  #of(queue: QueueId): QueueChanges {
    let changes = this.#queues.get(queue);
    if (changes === undefined) {
      changes = new QueueChanges();
      this.#queues.set(queue, changes);
    }
    return changes;
  }
}

/** What one group holds for one queue. */
class QueueChanges {
  readonly whole: Change[] = [];
  readonly messages = new Map<number, MessageChange>();
  readonly sends: RememberedSends[] = [];

  add(change: Change, group: { sizeBytes: number }): void {
    switch (change.kind) {
      case 'queue-written':
      case 'counted':
        this.whole.push(change);
        return;
      case 'queue-deleted':
      case 'purged':
        // Purged is everything that the queue ever held; what joins later comes after it in the same group.
        this.messages.clear();
        this.whole.push(change);
        return;
      case 'sends-remembered':
        this.sends.push(change.sends);
        return;
      case 'message-added':
        group.sizeBytes += change.message.sizeBytes;
        this.messages.set(change.order, change);
        return;
      case 'message-moved':
        this.#move(change);
        return;
      case 'message-removed':
        this.#remove(change);
        return;
      default:
        unreachable(change);
    }
  }

  #move(change: Extract<Change, { kind: 'message-moved' }>): void {
    const before = this.messages.get(change.order);
    const added = before?.kind === 'message-added';
    this.messages.set(change.order, added ? { ...before, state: change.state } : change);
  }

  #remove(change: Extract<Change, { kind: 'message-removed' }>): void {
    const before = this.messages.get(change.order);
    if (before?.kind === 'message-added') this.messages.delete(change.order);
    else this.messages.set(change.order, change);
  }
}
