import { laneKeyOf } from '../../message/lane-key.ts';
import type { LanePage, LanePageQuery, LanePart, StoredMessage } from '../queue-store.ts';

/** Messages by lane, as {@link LanePageQuery} asks for them. */
export function lanePage(stored: Iterable<StoredMessage>, query: LanePageQuery): LanePage {
  const ofLanes = [...stored]
    .filter((each) => laneOf(each) !== 0)
    .sort((one, other) => one.order - other.order);
  const reading = new LaneReading(query);
  for (const { lane, fromOrder } of query.lanes) {
    const rest = ofLanes.filter((each) => laneOf(each) === lane && each.order >= fromOrder);
    reading.goOn(
      lane,
      rest.filter(({ order }) => order <= query.throughOrder),
    );
  }
  return reading.look(ofLanes);
}

function laneOf({ message }: StoredMessage): number {
  return laneKeyOf(message.groupId);
}

interface Found {
  readonly messages: StoredMessage[];
  nextOrder: number | undefined;
  hiddenUntilMs: number | undefined;
}

class LaneReading {
  readonly #query: LanePageQuery;
  readonly #named: (readonly [number, Found])[] = [];
  readonly #found = new Map<number, Found>();
  #count = 0;
  #sizeBytes = 0;

  constructor(query: LanePageQuery) {
    this.#query = query;
  }

  /** The next messages of a lane that was named. */
  goOn(lane: number, messages: readonly StoredMessage[]): void {
    const found: Found = { messages: [], nextOrder: undefined, hiddenUntilMs: undefined };
    this.#named.push([lane, found]);
    for (const each of messages) if (found.nextOrder === undefined) this.#take(found, each);
  }

  /** What stands behind a place, whatever its lane. */
  look(all: readonly StoredMessage[]): LanePage {
    const { afterOrder, lookCount, delayMs } = this.#query;
    if (afterOrder === undefined) return this.#page(0, true, undefined);
    const behind = all.filter(({ order }) => order > afterOrder);
    let lastOrder = afterOrder;
    for (const [index, each] of behind.entries()) {
      const isNewAndHidden = delayMs !== undefined && each.state.receiveCount === 0 && this.#isHidden(each);
      if (isNewAndHidden) return this.#page(lastOrder, false, this.#visibleAtMs(each));
      if (index >= lookCount || this.#isFullFor(each)) return this.#page(lastOrder, false, undefined);
      lastOrder = each.order;
      this.#lookAt(each);
    }
    return this.#page(lastOrder, true, undefined);
  }

  #lookAt(each: StoredMessage): void {
    const lane = laneOf(each);
    if (this.#query.without.includes(lane)) return;
    if (this.#query.delayMs === undefined && this.#isHidden(each)) return;
    const found = this.#found.get(lane) ?? { messages: [], nextOrder: undefined, hiddenUntilMs: undefined };
    this.#found.set(lane, found);
    if (found.nextOrder === undefined) this.#take(found, each);
  }

  #take(found: Found, each: StoredMessage): void {
    const isHidden = this.#isHidden(each);
    if (isHidden || found.messages.length >= this.#query.perLane || this.#isFullFor(each)) {
      found.nextOrder = each.order;
      found.hiddenUntilMs = isHidden ? this.#visibleAtMs(each) : undefined;
      return;
    }
    found.messages.push(each);
    this.#count += 1;
    this.#sizeBytes += each.message.sizeBytes;
  }

  #isFullFor({ message }: StoredMessage): boolean {
    const { limit, limitSizeBytes } = this.#query;
    return this.#count >= limit || (this.#count > 0 && this.#sizeBytes + message.sizeBytes > limitSizeBytes);
  }

  #page(lastOrder: number, isLast: boolean, nextVisibleAtMs: number | undefined): LanePage {
    const all = [...this.#named, ...this.#found];
    const parts = all.map(([lane, { messages, nextOrder, hiddenUntilMs }]): LanePart => {
      return { lane, count: messages.length, nextOrder, hiddenUntilMs };
    });
    const found = all.flatMap(([, { messages }]) => messages);
    return {
      messages: found,
      orders: found.map(({ order }) => order),
      sizeBytes: this.#sizeBytes,
      parts,
      lastOrder,
      isLast,
      nextVisibleAtMs,
    };
  }

  #isHidden(each: StoredMessage): boolean {
    return this.#visibleAtMs(each) >= this.#query.visibleBeforeMs;
  }

  #visibleAtMs({ state, message }: StoredMessage): number {
    const { delayMs } = this.#query;
    const isNew = delayMs !== undefined && state.receiveCount === 0;
    return isNew ? message.sentAtMs + delayMs : state.visibleAtMs;
  }
}
