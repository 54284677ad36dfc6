import { ByOrder } from '../base/by-order.ts';
import type { QueueId } from '../base/ids.ts';
import { laneKeyOf, NO_LANE } from '../message/lane-key.ts';
import type { Message } from '../message/message.ts';
import type { Change, MessageState } from '../store/change.ts';
import type { StoredQueue } from '../store/queue-store.ts';
import { Ageing } from './ageing.ts';
import { Backlog } from './backlog.ts';
import type { Moment } from './command.ts';
import { DueHeap, NOWHERE } from './due-heap.ts';
import { entryState, heldSizeBytes, type Entry } from './entry.ts';
import { hasQuietRoom } from './quiet-room.ts';
import { Fairness } from './fairness.ts';
import { Fifo } from './fifo.ts';
import { showInLane } from './lane-show.ts';
import { IN_FLIGHT_MESSAGES } from './limits.ts';
import { Ready } from './ready.ts';
import type { QueueSettings } from './settings.ts';
import { Unwritten } from './unwritten.ts';
import { WINDOW, type Window } from './window.ts';

/** What a queue is made with. */
export interface Making {
  readonly settings: QueueSettings;
  /** On a FIFO queue: what the ids of its messages follow from. */
  readonly idSeed?: string;
}

type Counts = Pick<StoredQueue, 'messages' | 'nextOrder'>;

/**
 * Everything the law knows of one queue. In memory stand all leases, and of the waiting and delayed messages those of
 * the window, which is bounded in bytes; the others rest in the store.
 */
export class QueueState {
  readonly queue: QueueId;
  readonly window: Window;
  /** Bytes that it may hold now: the window, or less when all queues together hold much. */
  roomBytes: number;
  settings: QueueSettings;
  nextOrder: number;
  /** All messages of the queue, wherever they are. */
  messages: number;
  purgedThroughOrder = -1;
  readonly entries = new ByOrder<Entry>();
  readonly ready = new Ready();
  readonly due = new DueHeap<Entry>();
  readonly backlog = new Backlog();
  /** On a standard queue: leases that are not written yet. */
  readonly unwritten = new Unwritten();
  readonly ageing = new Ageing();
  /** On a standard queue that has had message groups: fairness between them. */
  fair: Fairness | undefined;
  /** On a FIFO queue: its lanes, and what it remembers of its sends. */
  readonly fifo: Fifo | undefined;
  /** Since the start nobody has wanted anything: what rests is not read. */
  isAsleep = false;
  waitingCount = 0;
  leasedCount = 0;
  heldSizeBytes = 0;

  private constructor(queue: QueueId, making: Making, window: Window, counts: Counts) {
    const { settings, idSeed } = making;
    this.queue = queue;
    this.settings = settings;
    this.window = window;
    this.roomBytes = window.sizeBytes;
    this.messages = counts.messages;
    this.nextOrder = counts.nextOrder;
    this.fifo = settings.fifo === undefined ? undefined : new Fifo(idSeed ?? '', counts.nextOrder);
  }

  /** A queue that was just created. */
  static empty(queue: QueueId, making: Making, window = WINDOW): QueueState {
    return new QueueState(queue, making, window, { messages: 0, nextOrder: 1 });
  }

  /** A queue as the store knows it: leases and delays by heart, everything else resting there. */
  static restored(stored: StoredQueue, making: Making, window = WINDOW): QueueState {
    const state = new QueueState(stored.queue, making, window, stored);
    state.isAsleep = true;
    const somethingRests = stored.messages > stored.leases.length;
    if (state.fifo === undefined && stored.hasLanes) state.fair = new Fairness();
    state.fair?.sweep.goBack(1, stored.nextOrder - 1);
    for (const place of stored.leases) {
      const entry = state.#restore(place, 'leased');
      state.fifo?.lanes.restoreOut(entry, somethingRests);
    }
    for (const place of stored.delayed) {
      // A delay of a FIFO queue is no fact of the message: it rests until its lane is read.
      if (state.fifo === undefined) state.#restore(place, 'delayed');
      else state.backlog.hide(place.state.visibleAtMs);
    }
    state.ageing.joined(stored.oldestSentAtMs ?? Infinity);
    if (state.restingCount > 0) {
      // The delay of a FIFO queue is none of its messages' own.
      state.backlog.nextMs = (state.fifo === undefined && stored.firstVisibleAtMs) || -Infinity;
      state.fifo?.lanes.sweep.goBack(1, stored.nextOrder - 1);
    }
    return state;
  }

  /** True when a receive would find something. */
  get hasReady(): boolean {
    if (this.fifo === undefined) return this.waitingCount > 0;
    return this.fifo.lanes.readyCount > 0 && this.leasedCount < IN_FLIGHT_MESSAGES;
  }

  /** Messages that rest in the store alone. */
  get restingCount(): number {
    return this.messages - this.entries.size;
  }

  /** What the queue holds in memory. */
  get memoryBytes(): number {
    return this.heldSizeBytes + (this.fifo?.lanes.arrived.sizeBytes ?? this.ready.pagedSizeBytes);
  }

  /** True when all that rests is known to be hidden at this time. */
  hidesAllResting(nowMs: number): boolean {
    return this.ready.page === undefined && this.backlog.hidesAll(nowMs);
  }

  get delayedCount(): number {
    return this.entries.size - this.waitingCount - this.leasedCount;
  }

  /** Lets a message in: into the window when there is room and nothing waits in the store before it. */
  admit(order: number, message: Message, state: MessageState, moment: Moment): void {
    this.messages += 1;
    this.ageing.entered(message.sentAtMs, moment);
    const resting = this.restingCount - 1;
    const isHidden = state.visibleAtMs > moment.nowMs;
    // Hidden messages must leave room for what can be received.
    const roomBytes = isHidden ? this.roomBytes / 2 : this.roomBytes;
    const lane = laneKeyOf(message.groupId);
    const isBehind =
      resting > 0 &&
      (this.fifo === undefined
        ? isHidden || !this.hidesAllResting(moment.nowMs)
        : this.fifo.restsBefore(lane));
    if ((isBehind || this.heldSizeBytes >= roomBytes) && !this.#mayPass(lane, state, moment)) {
      this.backlog.drop(state.visibleAtMs, order, resting, moment);
      this.#restInLane({ lane, order }, resting, moment);
    } else {
      this.fifo?.nothingRestsOf(lane);
      this.remember(order, message, state, moment, lane);
    }
  }

  /** Takes a message of the queue into memory; it waits, or is hidden until its time. `lane`: that of its group. */
  remember(
    order: number,
    message: Message,
    state: MessageState,
    moment: Moment,
    lane = laneKeyOf(message.groupId),
  ): void {
    const { sentAtMs } = message;
    const hidden = state.visibleAtMs > moment.nowMs;
    const standing = !hidden ? 'waiting' : state.holder === 'nobody' ? 'delayed' : 'leased';
    const { visibleAtMs, holder, receiveCount, firstReceivedAtMs, leasedAtMs } = state;
    const entry: Entry = {
      order,
      sentAtMs,
      lane,
      message,
      standing,
      visibleAtMs,
      duePlace: NOWHERE,
      holder,
      receiveCount,
      firstReceivedAtMs,
      leasedAtMs,
      isUnwritten: false,
      addedInGroup: moment.group,
    };
    if (lane !== NO_LANE && this.fifo === undefined) this.fair ??= new Fairness();
    this.entries.add(entry);
    this.heldSizeBytes += heldSizeBytes(entry);
    if (hidden) this.due.put(entry);
    if (this.fifo !== undefined) this.fifo.lanes.enter(entry);
    else if (!hidden) this.ready.push(entry);
    if (standing === 'waiting') this.waitingCount += 1;
    if (standing === 'leased') this.leasedCount += 1;
  }

  /** Takes an entry out of memory and its message out of the queue. */
  remove(entry: Entry, moment: Moment, changes: Change[]): void {
    if (entry.standing === 'leased')
      this.fair?.worked(entry.lane, moment.nowMs - entry.leasedAtMs, moment.nowMs);
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
    const wasOut = entry.standing === 'leased';
    if (wasOut) this.leasedCount -= 1;
    entry.standing = 'gone';
    entry.isUnwritten = false;
    this.due.remove(entry);
    entry.message = undefined;
    if (wasOut) this.fair?.returned(entry.lane);
    this.fifo?.lanes.leave(entry, wasOut);
  }

  /** Writes an entry's standing down. */
  write(entry: Entry, moment: Moment, changes: Change[]): void {
    entry.isUnwritten = false;
    this.touch(entry.order, moment);
    this.backlog.writing(entry.visibleAtMs, moment);
    changes.push({ kind: 'message-moved', queue: this.queue, order: entry.order, state: entryState(entry) });
  }

  /** A hidden entry shows: it waits in the window, or rests in the store when its body is gone or there is no room. */
  show(entry: Entry, moment: Moment): void {
    this.due.remove(entry);
    if (this.fifo !== undefined) return showInLane(this, this.fifo.lanes, entry, moment);
    if (entry.standing === 'leased') {
      this.leasedCount -= 1;
      this.fair?.returned(entry.lane);
    }
    entry.standing = 'waiting';
    this.waitingCount += 1;
    if (entry.message !== undefined && this.heldSizeBytes <= this.roomBytes) return this.ready.push(entry);
    const before = this.restingCount;
    this.forget(entry);
    this.backlog.drop(entry.visibleAtMs, entry.order, before, moment);
    this.#restInLane(entry, before, moment);
  }

  /** Lets the body of a hidden entry go when the window is full: it is paged back when the entry shows. */
  letBodyGo(entry: Entry): void {
    if (this.heldSizeBytes <= this.roomBytes / 2) return;
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
    this.unwritten.clear();
    this.ready.clear();
    this.#dropPages();
    this.fifo?.lanes.clear();
    this.fair?.clear();
    this.due.clear();
    this.backlog.clear();
    Object.assign(this, { waitingCount: 0, leasedCount: 0, heldSizeBytes: 0, messages: 0 });
    this.ageing.oldestSentAtMs = Infinity;
    this.purgedThroughOrder = this.nextOrder - 1;
  }

  /** True for a message of a group that is not noisy beside one that is: it need not wait behind that one's backlog. */
  #mayPass(lane: number, { visibleAtMs }: MessageState, { nowMs }: Moment): boolean {
    if (this.fair === undefined || visibleAtMs > nowMs || !hasQuietRoom(this)) return false;
    const noisy = this.fair.noisy(this.leasedCount, nowMs);
    return noisy.size > 0 && !noisy.has(lane);
  }

  /** A message that rests must be found by its lane; `before` others rested already. */
  #restInLane(place: Pick<Entry, 'lane' | 'order'>, before: number, moment: Moment): void {
    if (this.fifo !== undefined) return this.fifo.lanes.rest(place, before, moment);
    if (place.lane !== NO_LANE) this.fair ??= new Fairness();
    this.fair?.rests(place, moment.group, this.fair.noisy(this.leasedCount, moment.nowMs));
  }

  /** Nothing rests: what pages have brought is gone, or in memory already. */
  #dropPages(): void {
    for (let { page } = this.ready; page !== undefined; page = this.ready.page) {
      this.backlog.touched.drop(page.reading);
      this.ready.endPage();
    }
  }

  #restLess(): void {
    if (this.messages === 0) this.ageing.oldestSentAtMs = Infinity;
    if (this.restingCount > 0 || this.backlog.pageOutstanding) return;
    this.backlog.clear();
    this.#dropPages();
    this.fifo?.lanes.sweep.clear();
    this.fair?.sweep.clear();
  }

  #restore(place: StoredQueue['leases'][number], standing: 'leased' | 'delayed'): Entry {
    const { order, state, sentAtMs, lane } = place;
    const entry: Entry = {
      ...{ ...state, order, sentAtMs, lane, message: undefined, standing },
      ...{ duePlace: NOWHERE, isUnwritten: false, addedInGroup: 0 },
    };
    this.entries.add(entry);
    this.due.put(entry);
    if (standing === 'leased') this.leasedCount += 1;
    if (standing === 'leased') this.fair?.took(lane);
    return entry;
  }
}
