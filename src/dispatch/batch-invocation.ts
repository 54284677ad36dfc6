import { sleep } from '../base/clock.ts';
import type { InvokeResult } from '../environment/result.ts';
import type { BatchHost } from './batch-host.ts';
import type { Feed, FeedRequest } from './feed.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { DispatchPorts } from './ports.ts';

/** The first and the longest wait for room on a full machine. */
const FIRST_ROOM_WAIT_MS = 50;
const LONGEST_ROOM_WAIT_MS = 2000;

/** An invocation that has not been refused after this time has found its room. */
const ROOM_FOUND_MS = 100;

/** Leases end after twelve hours at most: a batch that found no room is handed back before. */
const LONGEST_ROOM_SEARCH_MS = 11 * 3_600_000;

/** What {@link BatchInvocation} works with. */
export interface BatchInvocationParts {
  readonly ports: DispatchPorts;
  readonly feed: Feed;
  readonly request: FeedRequest;
  readonly leases: LeaseKeeper;
}

/** Closed while a batch has no room, so that its dispatcher takes nothing more. */
class RoomGate {
  readonly #host: BatchHost;
  #closed = false;

  constructor(host: BatchHost) {
    this.#host = host;
  }

  close(): void {
    if (!this.#closed) this.#host.room(1);
    this.#closed = true;
  }

  open(): void {
    if (this.#closed) this.#host.room(-1);
    this.#closed = false;
  }
}

/** The one invocation for a batch, which waits for room on a full machine. */
export class BatchInvocation {
  readonly #parts: BatchInvocationParts;
  #beganMs = 0;

  constructor(parts: BatchInvocationParts) {
    this.#parts = parts;
  }

  /** When the last try began; 0: there was none. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** How the invocation ended; undefined when there was none: expired, function gone, no room until the stop. */
  async run(host: BatchHost): Promise<InvokeResult | undefined> {
    const { ports, feed, request, leases } = this.#parts;
    if (feed.expired(leases.taken)) return undefined;
    ports.tell({
      kind: 'batch-dispatched',
      mapping: feed.label,
      requestId: request.requestId,
      ids: leases.taken.map((one) => one.delivery.message.id),
    });
    const first = await this.#tryOnce();
    if (first?.kind !== 'no-room') return first;
    const gate = new RoomGate(host);
    try {
      return await this.#searchRoom(host.signal, gate);
    } finally {
      gate.open();
    }
  }

  async #searchRoom(signal: AbortSignal, gate: RoomGate): Promise<InvokeResult | undefined> {
    const { ports, feed, leases } = this.#parts;
    const { clock } = ports;
    const endMs = clock.nowMs() + LONGEST_ROOM_SEARCH_MS;
    for (
      let waitMs = FIRST_ROOM_WAIT_MS;
      clock.nowMs() < endMs;
      waitMs = Math.min(2 * waitMs, LONGEST_ROOM_WAIT_MS)
    ) {
      gate.close();
      await sleep(clock, waitMs, signal).catch(() => undefined);
      if (signal.aborted || feed.expired(leases.taken)) return undefined;
      const cancel = clock.after(ROOM_FOUND_MS, () => gate.open());
      const result = await this.#tryOnce();
      cancel();
      if (result?.kind !== 'no-room') return result;
    }
    return undefined;
  }

  async #tryOnce(): Promise<InvokeResult | undefined> {
    const { ports, feed, request: asked } = this.#parts;
    const named = asked.target ?? feed.settings().function;
    const target = ports.functions.resolve(named);
    if (target === undefined) return undefined;
    const { target: _, ...request } = asked;
    const { qualifier } = named;
    this.#beganMs = ports.clock.nowMs();
    return ports.invoker.invoke({
      ...{ ...request, function: target },
      ...(qualifier !== undefined && { qualifier }),
    });
  }
}
