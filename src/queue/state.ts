import type { QueueId } from '../base/ids.ts';
import type { Message } from '../message/message.ts';
import type { Change, MessageState } from '../store/change.ts';
import type { StoredQueue } from '../store/queue-store.ts';
import { Ageing } from './ageing.ts';
import { Backlog } from './backlog.ts';
import type { Moment } from './command.ts';
import { DueHeap } from './due-heap.ts';
import { entryState, heldSizeBytes, type Entry } from './entry.ts';
import { Line } from './line.ts';
import type { QueueSettings } from './settings.ts';
import { WINDOW, type Window } from './window.ts';

type Counts = Pick<StoredQueue, 'messages' | 'nextOrder'>;

/**
 * Everything the law knows of one queue. In memory stand all leases, and of the waiting and delayed messages those of
 * the window, which is bounded in bytes; the others rest in the store.
 */
export class QueueState {
  readonly queue: QueueId;
  readonly window: Window;
  settings: QueueSettings;
  nextOrder: number;
  /** All messages of the queue, wherever they are. */
  messages: number;
  purgedThroughOrder = -1;
  readonly entries = new Map<number, Entry>();
  readonly ready = new Line<Entry>();
  readonly due = new DueHeap<Entry>();
  readonly backlog = new Backlog();
  readonly ageing = new Ageing();
  waitingCount = 0;
  leasedCount = 0;
  heldSizeBytes = 0;

  private constructor(queue: QueueId, settings: QueueSettings, window: Window, counts: Counts) {
    this.queue = queue;
    this.settings = settings;
    this.window = window;
    this.messages = counts.messages;
    this.nextOrder = counts.nextOrder;
  }

  /** A queue that was just created. */
  static empty(queue: QueueId, settings: QueueSettings, window = WINDOW): QueueState {
    return new QueueState(queue, settings, window, { messages: 0, nextOrder: 1 });
  }

  /** A queue as the store knows it: leases and delays by heart, everything else resting there. */
  static restored(stored: StoredQueue, settings: QueueSettings, window = WINDOW): QueueState {
    const state = new QueueState(stored.queue, settings, window, stored);
    for (const place of stored.leases) state.#restore(place, 'leased');
    for (const place of stored.delayed) state.#restore(place, 'delayed');
    state.ageing.joined(stored.oldestSentAtMs ?? Infinity);
    if (state.restingCount > 0) state.backlog.nextMs = -Infinity;
    return state;
  }

  /** Messages that rest in the store alone. */
  get restingCount(): number {
    return this.messages - this.entries.size;
  }

  get delayedCount(): number {
    return this.entries.size - this.waitingCount - this.leasedCount;
  }

  /** Lets a message in: into the window when there is room and nothing waits in the store before it. */
  admit(order: number, message: Message, state: MessageState, moment: Moment): void {
    this.messages += 1;
    this.ageing.joined(message.sentAtMs);
    const resting = this.restingCount - 1;
    // Hidden messages must leave room for what can be received.
    const roomBytes = state.visibleAtMs > moment.nowMs ? this.window.sizeBytes / 2 : this.window.sizeBytes;
    if (resting > 0 || this.heldSizeBytes >= roomBytes) {
      this.backlog.drop(state.visibleAtMs, order, resting, moment);
    } else this.remember(order, message, state, moment);
  }

  /** Takes a message of the queue into memory; it waits, or is hidden until its time. */
  remember(order: number, message: Message, state: MessageState, moment: Moment): void {
    const { sentAtMs } = message;
    const hidden = state.visibleAtMs > moment.nowMs;
    const standing = !hidden ? 'waiting' : state.holder === 'nobody' ? 'delayed' : 'leased';
    const entry: Entry = { ...state, order, sentAtMs, message, standing, addedInGroup: moment.group };
    this.entries.set(order, entry);
    this.heldSizeBytes += heldSizeBytes(entry);
    if (hidden) this.due.add(state.visibleAtMs, entry);
    else this.ready.push(entry);
    if (standing === 'waiting') this.waitingCount += 1;
    if (standing === 'leased') this.leasedCount += 1;
  }

  /** Takes an entry out of memory and its message out of the queue. */
  remove(entry: Entry, moment: Moment, changes: Change[]): void {
    this.forget(entry);
    this.messages -= 1;
    this.touch(entry.order, moment);
    changes.push({ kind: 'message-removed', queue: this.queue, order: entry.order });
    this.#restLess();
  }

  /** Takes a message that rests in the store out of the queue. */
  removeResting(order: number, moment: Moment, changes: Change[]): void {
    this.touch(order, moment);
    this.messages -= 1;
    changes.push({ kind: 'message-removed', queue: this.queue, order });
    this.#restLess();
  }

  /** Takes an entry out of memory only; lines that still hold it keep nothing of its body. */
  forget(entry: Entry): void {
    this.entries.delete(entry.order);
    this.heldSizeBytes -= heldSizeBytes(entry);
    if (entry.standing === 'waiting') this.waitingCount -= 1;
    if (entry.standing === 'leased') this.leasedCount -= 1;
    entry.standing = 'gone';
    entry.message = undefined;
  }

  /** Hides an entry until its new time, and writes that down. */
  hide(entry: Entry, moment: Moment, changes: Change[]): void {
    this.due.add(entry.visibleAtMs, entry);
    this.write(entry, moment, changes);
    if (this.due.size > 2 * this.entries.size + 1000) {
      this.due.retain((dueMs, { standing, visibleAtMs }) => isHidden(standing) && visibleAtMs === dueMs);
    }
  }

  /** Writes an entry's standing down. */
  write(entry: Entry, moment: Moment, changes: Change[]): void {
    this.touch(entry.order, moment);
    changes.push({ kind: 'message-moved', queue: this.queue, order: entry.order, state: entryState(entry) });
  }

  /** A hidden entry shows: it waits in the window, or rests in the store when its body is gone or there is no room. */
  show(entry: Entry, moment: Moment): void {
    if (entry.standing === 'leased') this.leasedCount -= 1;
    entry.standing = 'waiting';
    this.waitingCount += 1;
    if (entry.message !== undefined && this.heldSizeBytes <= this.window.sizeBytes)
      return this.ready.push(entry);
    const before = this.restingCount;
    this.forget(entry);
    this.backlog.drop(entry.visibleAtMs, entry.order, before, moment);
  }

  /** Lets the body of a hidden entry go when the window is full: it is paged back when the entry shows. */
  letBodyGo(entry: Entry): void {
    if (this.heldSizeBytes <= this.window.sizeBytes / 2) return;
    this.heldSizeBytes -= heldSizeBytes(entry);
    entry.message = undefined;
  }

  /** What a page says of this message no longer counts. */
  touch(order: number, moment: Moment): void {
    const { touched } = this.backlog;
    if (this.restingCount > 0 || touched.isBeingRead) touched.add(order, moment);
  }

  /** Everything is gone. */
  clear(): void {
    for (const entry of this.entries.values()) entry.standing = 'gone';
    this.entries.clear();
    this.ready.clear();
    this.due.clear();
    this.backlog.clear();
    Object.assign(this, { waitingCount: 0, leasedCount: 0, heldSizeBytes: 0, messages: 0 });
    this.ageing.oldestSentAtMs = Infinity;
    this.purgedThroughOrder = this.nextOrder - 1;
  }

  #restLess(): void {
    if (this.messages === 0) this.ageing.oldestSentAtMs = Infinity;
    if (this.restingCount === 0 && !this.backlog.pageOutstanding) this.backlog.clear();
  }

  #restore(place: StoredQueue['leases'][number], standing: 'leased' | 'delayed'): void {
    const { order, state, sentAtMs } = place;
    const entry: Entry = { ...state, order, sentAtMs, message: undefined, standing, addedInGroup: 0 };
    this.entries.set(order, entry);
    this.due.add(state.visibleAtMs, entry);
    if (standing === 'leased') this.leasedCount += 1;
  }
}

/** True while no receive may get it. */
export function isHidden(standing: Entry['standing']): boolean {
  return standing === 'leased' || standing === 'delayed';
}
