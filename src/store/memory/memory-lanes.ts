import { laneKeyOf } from '../../message/lane-key.ts';
import type { LanePage, LanePageQuery, LanePart, StoredMessage } from '../queue-store.ts';

/** Pages of lanes from messages in memory. */
export function lanePage(stored: Iterable<StoredMessage>, query: LanePageQuery): LanePage {
  const lanes = lanesOf(stored);
  const reading = new LaneReading(query);
  for (const { lane, fromOrder } of query.lanes) reading.part(lane, lanes.get(lane) ?? [], fromOrder);
  if (query.afterLane === undefined) return reading.page(undefined);
  const { afterLane } = query;
  let lastLane: number | undefined = afterLane;
  const found = [...lanes.keys()].filter((lane) => lane > afterLane).sort((one, other) => one - other);
  for (const [index, lane] of found.entries()) {
    if (index >= query.laneCount || reading.isFull) return reading.page(lastLane);
    lastLane = lane;
    if (!query.without.includes(lane)) reading.found(lane, lanes.get(lane) ?? []);
  }
  return reading.page(undefined);
}

function lanesOf(stored: Iterable<StoredMessage>): Map<number, StoredMessage[]> {
  const lanes = new Map<number, StoredMessage[]>();
  for (const each of stored) {
    const lane = laneKeyOf(each.message.groupId);
    if (lane === 0) continue;
    const messages = lanes.get(lane) ?? [];
    messages.push(each);
    lanes.set(lane, messages);
  }
  for (const messages of lanes.values()) messages.sort((one, other) => one.order - other.order);
  return lanes;
}

class LaneReading {
  readonly #query: LanePageQuery;
  readonly #messages: StoredMessage[] = [];
  readonly #parts: LanePart[] = [];
  #sizeBytes = 0;
  #nextVisibleAtMs: number | undefined;
  isFull = false;

  constructor(query: LanePageQuery) {
    this.#query = query;
  }

  part(lane: number, all: readonly StoredMessage[], fromOrder: number): void {
    const { limit, perLane, limitSizeBytes, delayMs } = this.#query;
    let count = 0;
    let next: StoredMessage | undefined;
    for (const each of all.filter(({ order }) => order >= fromOrder)) {
      const isHidden = this.#visibleAtMs(each) >= this.#query.visibleBeforeMs;
      if (isHidden && delayMs === undefined) continue;
      const sizeBytes = this.#sizeBytes + each.message.sizeBytes;
      this.isFull ||= this.#messages.length > 0 && sizeBytes > limitSizeBytes;
      this.isFull ||= this.#messages.length >= limit;
      next = each;
      if (isHidden || count >= perLane || this.isFull) break;
      next = undefined;
      count += 1;
      this.#sizeBytes = sizeBytes;
      this.#messages.push(each);
    }
    const nextAtMs = next === undefined ? 0 : this.#visibleAtMs(next);
    const hiddenUntilMs = nextAtMs >= this.#query.visibleBeforeMs ? nextAtMs : undefined;
    this.#parts.push({ lane, count, nextOrder: next?.order, hiddenUntilMs });
  }

  found(lane: number, all: readonly StoredMessage[]): void {
    const [first] = all;
    if (first === undefined) return;
    const firstAtMs = this.#visibleAtMs(first);
    if (this.#query.delayMs === undefined || firstAtMs < this.#query.visibleBeforeMs)
      return this.part(lane, all, 0);
    this.#nextVisibleAtMs = Math.min(this.#nextVisibleAtMs ?? Infinity, firstAtMs);
  }

  page(lastLane: number | undefined): LanePage {
    const [messages, parts] = [this.#messages, this.#parts];
    return { messages, parts, lastLane, nextVisibleAtMs: this.#nextVisibleAtMs };
  }

  #visibleAtMs({ state, message }: StoredMessage): number {
    const { delayMs } = this.#query;
    const isNew = delayMs !== undefined && state.receiveCount === 0;
    return isNew ? message.sentAtMs + delayMs : state.visibleAtMs;
  }
}
