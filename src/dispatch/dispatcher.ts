import { sleep } from '../base/clock.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { Permit } from '../function/allowance.ts';
import { takeBatch, type BatchPlan } from './batcher.ts';
import { runBatch } from './batch-run.ts';
import { Bell } from './bell.ts';
import type { Feed } from './feed.ts';
import { Pace, type PacedEnd, type PaceFigure } from './pace.ts';
import type { DispatchPorts } from './ports.ts';
import type { Ticket } from './slowness.ts';

/**
 * How much longer than window and time-out a message is leased: for the start of an environment and for
 * handing back what the invocation answered (AWS: 30 s).
 */
const LEASE_MARGIN_MS = 30_000;

/** The pause after a round that could not take anything although something was there. */
const TROUBLE_PAUSE_MS = 1000;

/** The first and the longest pause after receives that found nothing, one after the other, although an arrival was told. */
const FIRST_EMPTY_PAUSE_MS = 5;
const LONGEST_EMPTY_PAUSE_MS = 1000;

const NEVER_BUSY = (): (() => boolean) => () => false;

/** How many batches of a dispatcher run at once, and how many may. */
export interface RunningPace extends PaceFigure {
  readonly running: number;
}

/**
 * Gives the messages of one queue to one function.
 *
 *   waiting for what it needs   (function there and active, room, below its maximum)
 *     → waiting for an arrival  (costs nothing: no permit, no poll)
 *     → the pause, if what is behind the function cannot take even one batch at a time
 *     → waiting for a permit
 *     → taking a batch          (leases the messages)
 *     → the batch runs by itself; the next round begins at once
 *
 * So nothing is taken while no concurrency is free, and concurrency rises as fast as batches can be taken.
 */
export class Dispatcher {
  readonly #ports: DispatchPorts;
  readonly #feed: Feed;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #batches = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  readonly #pace = new Pace();
  #invoking = 0;
  #withoutRoom = 0;
  /** Receives that found nothing, since the last that found something. */
  #emptyReceives = 0;
  #lastTrouble = '';
  #abandoned = false;

  constructor(ports: DispatchPorts, feed: Feed) {
    this.#ports = ports;
    this.#feed = feed;
    this.#loop = this.#run();
  }

  /** Settings, queue or function have changed: look again. */
  wake(): void {
    this.#bell.ring();
  }

  /** The figure that can be watched. */
  get pace(): RunningPace {
    return {
      running: this.#invoking,
      ...(this.#isPaced() ? this.#pace.figure : { pauseMs: 0, cutCount: 0 }),
    };
  }

  /** Takes nothing more, and resolves when every running batch has ended. */
  async drain(): Promise<void> {
    this.#stop.abort(new Error('the dispatcher stops'));
    this.#bell.ring();
    await this.#loop;
    await Promise.all(this.#batches);
  }

  /** After a drain that took too long: what fails from now on fails because the platform stops. */
  abandon(): void {
    this.#abandoned = true;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const trouble = await this.#round();
        if (trouble !== undefined) await this.#pauseFor(trouble);
        else if (this.#emptyReceives > 1) await this.#pause(emptyPauseMs(this.#emptyReceives));
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#pauseFor(String(error));
      }
    }
  }

  /** One batch at most; answers what kept it from taking one, if it was not the lack of messages. */
  async #round(): Promise<string | undefined> {
    const { broker, allowance } = this.#ports;
    await this.#bell.until(() => this.#stopped() || this.#readyTarget() !== undefined);
    if (this.#stopped()) return undefined;
    const arrival = await broker.arrival(this.#feed.queue, this.#stop.signal);
    if (!arrival.ok) return this.#waitForQueue();
    if (this.#isPaced() && this.#pace.pauseMs > 0) await this.#pause(this.#pace.pauseMs);
    if (this.#readyTarget() === undefined) return undefined;
    const permit = await allowance.acquire(this.#feed.settings().function, this.#stop.signal);
    let used = false;
    try {
      const target = this.#readyTarget();
      if (target === undefined) return undefined;
      const { taken, unwantedCount, trouble } = await takeBatch(
        this.#ports,
        this.#feed,
        this.#plan(target),
        this.#stop.signal,
      );
      this.#emptyReceives = taken.length + unwantedCount > 0 ? 0 : this.#emptyReceives + 1;
      if (taken.length > 0) {
        this.#lastTrouble = '';
        this.#launch(taken, permit);
        used = true;
      }
      return trouble;
    } finally {
      if (!used) permit.release();
    }
  }

  async #waitForQueue(): Promise<undefined> {
    this.#feed.report('PROBLEM: The queue does not exist.');
    await this.#bell.until(() => this.#stopped() || this.#ports.broker.describe(this.#feed.queue).ok);
    return undefined;
  }

  /** The function, when a batch may be taken for it now. */
  #readyTarget(): FunctionRecord | undefined {
    const { function: key, maximumConcurrency = Infinity } = this.#feed.settings();
    const target = this.#ports.functions.resolve(key);
    if (target === undefined) this.#feed.report('PROBLEM: The function does not exist.');
    else if (target.state.kind === 'failed') this.#feed.report(`PROBLEM: ${target.state.reason}`);
    const ready = target?.state.kind === 'active' && this.#withoutRoom === 0;
    const most = this.#isPaced() ? Math.min(maximumConcurrency, this.#pace.limit) : maximumConcurrency;
    return ready && this.#invoking < most ? target : undefined;
  }

  #isPaced(): boolean {
    return this.#feed.settings().isPaced === true;
  }

  #heard(end: PacedEnd, ticket: Ticket | undefined): void {
    const before = this.#pace.figure;
    this.#pace.ended(end, ticket);
    if (!this.#isPaced()) return;
    const now = this.#pace.figure;
    if (now.cutCount === before.cutCount && (now.limit === undefined) === (before.limit === undefined))
      return;
    const { limit, reason } = now;
    this.#ports.tell({
      ...{ kind: 'paced', mapping: this.#feed.label, function: this.#feed.settings().function.name },
      ...(limit !== undefined && { limit }),
      ...{ why: reason ?? '', isFirst: before.limit === undefined },
    });
  }

  #plan(target: FunctionRecord): BatchPlan {
    const { batchSize, batchingWindowMs } = this.#feed.settings();
    const described = this.#ports.broker.describe(this.#feed.queue);
    const visibilityMs = described.ok ? described.value.settings.visibilityMs : 0;
    const neededMs = batchingWindowMs + target.settings.timeoutMs + LEASE_MARGIN_MS;
    return {
      batchSize,
      windowMs: batchingWindowMs,
      visibilityMs,
      leaseMs: Math.max(visibilityMs, neededMs),
      largestMessageBytes: described.ok ? described.value.settings.maximumMessageSizeBytes : 0,
    };
  }

  #launch(taken: Parameters<typeof runBatch>[2], permit: Permit): void {
    this.#invoking += 1;
    const atBegin = this.#invoking;
    const { clock, watchLoad = NEVER_BUSY } = this.#ports;
    const beginning = { messageCount: taken.length, running: atBegin, nowMs: clock.nowMs(), watchLoad };
    let ticket = this.#pace.began(beginning);
    const batch = runBatch(this.#ports, this.#feed, taken, {
      signal: this.#stop.signal,
      abandoned: () => this.#abandoned,
      room: (change) => {
        this.#withoutRoom += change;
        this.#bell.ring();
      },
      heard: (end) => {
        this.#heard({ ...end, running: Math.max(atBegin, this.#invoking) }, ticket);
        // Of a divided batch the whole is measured, not its parts.
        ticket = undefined;
      },
      failed: (error) => this.#tell(String(error)),
      invoked: () => {
        if (ticket !== undefined) this.#pace.left(ticket, clock.nowMs());
        this.#invoking -= 1;
        permit.release();
        this.#bell.ring();
      },
    })
      .catch((error: unknown) => this.#tell(String(error)))
      .finally(() => this.#batches.delete(batch));
    this.#batches.add(batch);
  }

  /** Trouble that goes on is told once. */
  async #pauseFor(trouble: string): Promise<void> {
    if (trouble !== this.#lastTrouble) this.#tell(trouble);
    this.#lastTrouble = trouble;
    this.#feed.report(`PROBLEM: ${trouble}`);
    await this.#pause(TROUBLE_PAUSE_MS);
  }

  async #pause(durationMs: number): Promise<void> {
    await sleep(this.#ports.clock, durationMs, this.#stop.signal).catch(() => undefined);
  }

  #tell(what: string): void {
    this.#ports.tell({ kind: 'trouble', where: `dispatch ${this.#feed.label}`, what });
  }

  #stopped(): boolean {
    return this.#stop.signal.aborted;
  }
}

/** Others were faster, again and again: look less often. The first time costs nothing. */
function emptyPauseMs(emptyReceives: number): number {
  return Math.min(FIRST_EMPTY_PAUSE_MS * 2 ** (emptyReceives - 2), LONGEST_EMPTY_PAUSE_MS);
}
