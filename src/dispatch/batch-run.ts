import { sleep } from '../base/clock.ts';
import type { InvokeResult } from '../environment/result.ts';
import { causeOf } from './cause.ts';
import { failedGroups, halves, notBehind } from './divide.ts';
import type { Fate, Feed, Judgement, Taken } from './feed.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { loopsIn, stopLoops } from './loop-stop.ts';
import type { PacedEnd } from './pace.ts';
import type { DispatchPorts } from './ports.ts';

/** The first and the longest wait for room on a full machine. */
const FIRST_ROOM_WAIT_MS = 50;
const LONGEST_ROOM_WAIT_MS = 2000;

/** An invocation that has not been refused after this time has found its room. */
const ROOM_FOUND_MS = 100;

/** Leases end after twelve hours at most: a batch that found no room is handed back before. */
const LONGEST_ROOM_SEARCH_MS = 11 * 3_600_000;

/** How a batch talks to its dispatcher. */
export interface BatchHost {
  /** Aborts the search for room, not a running invocation. */
  readonly signal: AbortSignal;
  /** +1 when the batch begins to wait for room, -1 when it does no longer. */
  room(change: 1 | -1): void;
  /** An invocation of it has ended so. */
  heard(end: Omit<PacedEnd, 'running'>): void;
  /** Something went wrong that ends neither the batch nor the dispatcher. */
  failed(error: unknown): void;
  /** The invocation has ended: called once, before the messages are settled. */
  invoked(): void;
  /** True when the platform is taking environments down: an invocation that fails now was not the function's fault. */
  abandoned(): boolean;
}

/**
 * Runs one batch to its end: invoke, judge, and hand every message back to the queue as done or as to be offered again. A batch
 * that a single message may have ended is run again in halves, under the same leases: that counts for no message.
 */
export async function runBatch(
  ports: DispatchPorts,
  feed: Feed,
  all: readonly Taken[],
  host: BatchHost,
): Promise<void> {
  const looping = loopsIn(ports, feed, all);
  if (looping.length > 0) await stopLoops(ports, feed, looping).catch((error: unknown) => host.failed(error));
  const taken = looping.length === 0 ? all : all.filter((one) => !looping.includes(one));
  if (taken.length === 0) return host.invoked();
  const run = new BatchRun(ports, feed, taken);
  let result: InvokeResult | undefined;
  try {
    result = await run.invoke(host);
    run.judge(result, host);
    if (run.isDivided(result, host)) {
      run.endLeases();
      return void (await runHalves(ports, feed, run.taken, host));
    }
  } finally {
    run.endLeases();
    host.invoked();
  }
  // Left as they are, its messages are offered again at the next start, and no failure is counted.
  if (host.abandoned() && result?.kind !== 'answered') return;
  await run.handBack(result);
}

/** A part of a divided batch. Answers the groups of which a message is offered again. */
async function runPart(
  ports: DispatchPorts,
  feed: Feed,
  taken: readonly Taken[],
  host: BatchHost,
): Promise<ReadonlySet<string>> {
  const run = new BatchRun(ports, feed, taken);
  try {
    const result = host.signal.aborted ? undefined : await run.invoke(host);
    run.judge(result, host);
    run.endLeases();
    if (run.isDivided(result, host)) return await runHalves(ports, feed, run.taken, host);
    if (host.abandoned() && result?.kind !== 'answered') return new Set();
    return failedGroups(run.taken, await run.handBack(result));
  } finally {
    run.endLeases();
  }
}

/** One half after the other; the later one stays leased meanwhile. */
async function runHalves(
  ports: DispatchPorts,
  feed: Feed,
  taken: readonly Taken[],
  host: BatchHost,
): Promise<ReadonlySet<string>> {
  const [first, later] = halves(taken);
  using waiting = new LeaseKeeper(ports, feed, later);
  const failed = await runPart(ports, feed, first, host);
  const { runnable, behind } = feed.isOrdered
    ? notBehind(waiting.taken, failed)
    : { runnable: waiting.taken, behind: [] };
  waiting[Symbol.dispose]();
  if (behind.length > 0) {
    using run = new BatchRun(ports, feed, behind);
    run.endLeases();
    await run.handBack(undefined);
  }
  const more = runnable.length === 0 ? [] : await runPart(ports, feed, runnable, host);
  return new Set([...failed, ...more]);
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

class BatchRun implements Disposable {
  readonly #ports: DispatchPorts;
  readonly #feed: Feed;
  readonly #request: ReturnType<Feed['request']>;
  readonly #leases: LeaseKeeper;
  #beganMs = 0;
  #judgement: Judgement | undefined;

  constructor(ports: DispatchPorts, feed: Feed, taken: readonly Taken[]) {
    this.#ports = ports;
    this.#feed = feed;
    this.#leases = new LeaseKeeper(ports, feed, taken);
    this.#request = feed.request(taken);
  }

  /** The messages with the leases that they have now. */
  get taken(): readonly Taken[] {
    return this.#leases.taken;
  }

  /** True when what ended the invocation is to be looked for in halves of the batch. */
  isDivided(result: InvokeResult | undefined, host: BatchHost): boolean {
    if (this.taken.length < 2 || host.abandoned() || host.signal.aborted) return false;
    return this.#feed.divides?.(result) === true;
  }

  /** How the invocation ended; undefined when there was none: expired, function gone, no room until the stop. */
  async invoke(host: BatchHost): Promise<InvokeResult | undefined> {
    if (this.#feed.expired(this.taken)) return undefined;
    this.#ports.tell({
      kind: 'batch-dispatched',
      mapping: this.#feed.label,
      requestId: this.#request.requestId,
      ids: this.taken.map((one) => one.delivery.message.id),
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
    const { clock } = this.#ports;
    const endMs = clock.nowMs() + LONGEST_ROOM_SEARCH_MS;
    for (
      let waitMs = FIRST_ROOM_WAIT_MS;
      clock.nowMs() < endMs;
      waitMs = Math.min(2 * waitMs, LONGEST_ROOM_WAIT_MS)
    ) {
      gate.close();
      await sleep(clock, waitMs, signal).catch(() => undefined);
      if (signal.aborted || this.#feed.expired(this.taken)) return undefined;
      const cancel = clock.after(ROOM_FOUND_MS, () => gate.open());
      const result = await this.#tryOnce();
      cancel();
      if (result?.kind !== 'no-room') return result;
    }
    return undefined;
  }

  async #tryOnce(): Promise<InvokeResult | undefined> {
    const named = this.#request.target ?? this.#feed.settings().function;
    const target = this.#ports.functions.resolve(named);
    if (target === undefined) return undefined;
    const { target: _, ...request } = this.#request;
    const { qualifier } = named;
    this.#beganMs = this.#ports.clock.nowMs();
    return this.#ports.invoker.invoke({
      ...{ ...request, function: target },
      ...(qualifier !== undefined && { qualifier }),
    });
  }

  /** The invocation is over: the leases are no longer renewed. */
  endLeases(): void {
    this.#leases[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.endLeases();
  }

  /** Says what the outcome means, and tells the dispatcher what it says of what is behind the function. */
  judge(result: InvokeResult | undefined, host: BatchHost): Judgement {
    const judgement = this.#feed.judge(this.taken, result);
    this.#judgement = judgement;
    const { signal = 'silent' } = judgement;
    const isFirst = this.taken.every(({ delivery }) => delivery.receiveCount === 1);
    const durationMs = result?.initDurationMs === undefined ? result?.durationMs : undefined;
    const times = { beganMs: this.#beganMs, endedMs: this.#ports.clock.nowMs(), durationMs };
    host.heard({ signal: host.abandoned() ? 'silent' : signal, isFirst, ...times });
    return judgement;
  }

  /** Applies what the outcome means. The lease of a message that nobody could hand back ends by itself. */
  async handBack(result: InvokeResult | undefined): Promise<readonly Fate[]> {
    const { fates: judged, result: sentence } = this.#judgement ?? this.#feed.judge(this.taken, result);
    this.#feed.report(sentence);
    const fates = (await this.#feed.passOn?.(this.taken, result, judged)) ?? judged;
    const done = this.taken.filter((_, index) => fates[index]?.kind === 'done');
    if (done.length > 0) {
      const settled = await this.#ports.broker.settle(
        this.#feed.queue,
        done.map((one) => one.delivery.receipt),
      );
      if (settled.ok) this.#feed.written?.(done);
      else this.#tellTrouble(`handled messages were not deleted: ${settled.failure.kind}`);
    }
    const isOver = this.taken.length === 1 && fates[0]?.kind === 'again' && (await this.#blame(result));
    if (!isOver) await this.#offerAgain(fates);
    this.#tellEnd(result, fates);
    return fates;
  }

  /**
   * A message that failed alone takes along why, should it become a dead letter. When it will not be offered again, it becomes one now,
   * in one commit with its cause: true.
   */
  async #blame(result: InvokeResult | undefined): Promise<boolean> {
    const [one] = this.taken;
    if (one === undefined || result === undefined) return false;
    const { broker } = this.#ports;
    const { message, receipt, receiveCount } = one.delivery;
    const cause = causeOf(result);
    const described = broker.describe(this.#feed.queue);
    const most = described.ok ? described.value.settings.redrive?.maxReceiveCount : undefined;
    if (most !== undefined && receiveCount >= most) {
      const outcome = await broker.giveUp(this.#feed.queue, [{ receipt, message, cause }]);
      if (outcome.ok && outcome.value === 'handed-over') return true;
    }
    broker.blame(this.#feed.queue, message.id, cause);
    return false;
  }

  async #offerAgain(fates: readonly Fate[]): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const extensions = this.taken.flatMap((one, index) => {
      const fate = fates[index];
      if (fate?.kind !== 'again') return [];
      const visibilityMs = Math.max(0, Math.ceil(fate.atMs - nowMs));
      return [{ receipt: one.delivery.receipt, visibilityMs, isReleased: true }];
    });
    if (extensions.length === 0) return;
    const extended = await this.#ports.broker.extend(this.#feed.queue, extensions);
    if (extended.ok) this.#feed.written?.(this.taken.filter((_, index) => fates[index]?.kind === 'again'));
    else if (extended.failure.kind !== 'stopping')
      this.#tellTrouble(`failed messages are not hidden for their time: ${extended.failure.kind}`);
  }

  #tellEnd(result: InvokeResult | undefined, fates: readonly Fate[]): void {
    this.#ports.tell({
      kind: 'batch-ended',
      mapping: this.#feed.label,
      requestId: this.#request.requestId,
      outcome: result?.kind ?? 'not-invoked',
      failedIds: this.taken
        .filter((_, index) => fates[index]?.kind === 'again')
        .map((one) => one.delivery.message.id),
    });
  }

  #tellTrouble(what: string): void {
    this.#ports.tell({ kind: 'trouble', where: `dispatch ${this.#feed.label}`, what });
  }
}
