import type { QueueId } from '../../base/ids.ts';
import { unreachable } from '../../base/assert.ts';
import { laneKeyOf } from '../../message/lane-key.ts';
import type { Change, RememberedSends } from '../change.ts';
import {
  DELAYED_AT_START,
  type ExpiryPage,
  type Page,
  type PageQuery,
  type StoredMessage,
  type StoredPlace,
  type StoredQueue,
  type LanePage,
  type LanePageQuery,
  type SendsPage,
} from '../queue-store.ts';
import { lanePage } from './memory-lanes.ts';

/** One queue in memory, as durable as the memory store says. */
export class MemoryQueue {
  definition: string;
  messages = 0;
  nextOrder = 1;
  readonly stored = new Map<number, StoredMessage>();
  readonly sends: RememberedSends[] = [];

  constructor(definition: string) {
    this.definition = definition;
  }

  /** A copy that later changes do not reach. */
  copy(): MemoryQueue {
    const copy = new MemoryQueue(this.definition);
    copy.messages = this.messages;
    copy.nextOrder = this.nextOrder;
    for (const [order, message] of this.stored) copy.stored.set(order, message);
    copy.sends.push(...this.sends);
    return copy;
  }

  /** Applies one change of this queue. */
  apply(change: Exclude<Change, { kind: 'queue-deleted' }>): void {
    switch (change.kind) {
      case 'queue-written':
        this.definition = change.definition;
        return;
      case 'purged':
        for (const order of this.stored.keys()) if (order <= change.throughOrder) this.stored.delete(order);
        return;
      case 'message-added':
        this.stored.set(change.order, { order: change.order, message: change.message, state: change.state });
        return;
      case 'message-moved':
        this.#move(change);
        return;
      case 'message-removed':
        this.stored.delete(change.order);
        return;
      case 'sends-remembered':
        this.sends.push(change.sends);
        return;
      case 'counted':
        this.messages = change.messages;
        this.nextOrder = change.nextOrder;
        return;
      default:
        unreachable(change);
    }
  }

  page(query: PageQuery): Page {
    const line = [...this.stored.values()].filter((each) => isBehind(each, query)).sort(inLine);
    const visible = line
      .filter(({ state }) => state.visibleAtMs < query.visibleBeforeMs)
      .slice(0, query.limit);
    let sizeBytes = 0;
    const messages = visible.filter(({ message }, index) => {
      sizeBytes += message.sizeBytes;
      return index === 0 || sizeBytes <= query.limitSizeBytes;
    });
    const heldSizeBytes = messages.reduce((sum, { message }) => sum + message.sizeBytes, 0);
    return { messages, sizeBytes: heldSizeBytes, nextVisibleAtMs: line[messages.length]?.state.visibleAtMs };
  }

  lanePage(query: LanePageQuery): LanePage {
    return lanePage(this.stored.values(), query);
  }

  /** Two at a time, so that more than one page is needed soon. */
  rememberedSends(fromOrder: number, sinceMs: number): SendsPage {
    const later = this.sends.filter(({ firstOrder, atMs }) => firstOrder >= fromOrder && atMs >= sinceMs);
    return { sends: later.slice(0, 2), isLast: later.length <= 2 };
  }

  expired(sentBeforeMs: number, limit: number): ExpiryPage {
    const oldest = [...this.stored.values()].map(placeOf).sort((one, other) => one.sentAtMs - other.sentAtMs);
    const places = oldest.filter(({ sentAtMs }) => sentAtMs < sentBeforeMs).slice(0, limit);
    return { places, nextSentAtMs: oldest[places.length]?.sentAtMs };
  }

  opening(queue: QueueId, nowMs: number): StoredQueue {
    const hidden = [...this.stored.values()]
      .filter(({ state }) => state.visibleAtMs > nowMs)
      .sort(inLine)
      .map(placeOf);
    const sentAtMs = [...this.stored.values()].map(({ message }) => message.sentAtMs);
    return {
      ...{ queue, definition: this.definition, messages: this.messages, nextOrder: this.nextOrder },
      leases: hidden.filter(({ state }) => state.holder !== 'nobody'),
      delayed: hidden.filter(({ state }) => state.holder === 'nobody').slice(0, DELAYED_AT_START),
      oldestSentAtMs:
        sentAtMs.length === 0 ? undefined : sentAtMs.reduce((one, other) => Math.min(one, other)),
      firstVisibleAtMs: [...this.stored.values()].sort(inLine)[0]?.state.visibleAtMs,
      hasLanes: [...this.stored.values()].some(({ message }) => message.groupId !== undefined),
    };
  }

  #move(change: Extract<Change, { kind: 'message-moved' }>): void {
    const before = this.stored.get(change.order);
    if (before !== undefined) this.stored.set(change.order, { ...before, state: change.state });
  }
}

function isBehind({ order, state }: StoredMessage, { after }: PageQuery): boolean {
  return (
    state.visibleAtMs > after.visibleAtMs || (state.visibleAtMs === after.visibleAtMs && order > after.order)
  );
}

function inLine(first: StoredMessage, second: StoredMessage): number {
  return first.state.visibleAtMs - second.state.visibleAtMs || first.order - second.order;
}

function placeOf({ order, state, message }: StoredMessage): StoredPlace {
  return { order, state, sentAtMs: message.sentAtMs, lane: laneKeyOf(message.groupId) };
}
