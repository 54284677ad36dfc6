import { Slowness, type Beginning, type Found, type Ticket } from './slowness.ts';
import type { PaceSignal } from './pace-signal.ts';

/** What a signal leaves of the concurrency: half after trouble, three quarters when a slow function is tried with less. */
const TROUBLE_FACTOR = 0.5;
const TRIAL_FACTOR = 0.75;

/** What one round of answers adds again: this share of the concurrency at which the trouble began, one at least. */
const STEP_SHARE = 0.05;

/** Without a signal up to this many times the concurrency at which the trouble began, there is no limit any more. */
const FREE_FACTOR = 2;

/** Below one at a time stands a pause between two batches. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** How many of the last ends are looked at, and what among them is a signal. */
const RECENT_ENDS = 30;
const LEAST_UNREACHABLE = 5;
const UNREACHABLE_SHARE = 1 / 3;
const LEAST_FAILING = 20;
const FAILING_SHARE = 0.6;
/** So many in a row leave no doubt. */
const FAILING_IN_A_ROW = 10;

/** Why the pace went down last. */
export type PaceReason = 'throttled' | 'unreachable' | 'failing' | 'slow';

/** How the pace stands: the figure that can be watched. */
export interface PaceFigure {
  /** The most batches at once; not given: the pace sets no limit. */
  readonly limit?: number;
  /** The pause before the next batch, when even one at a time is too much. */
  readonly pauseMs: number;
  /** Why it went down last; kept when it is free again. */
  readonly reason?: PaceReason;
  /** How often it went down. */
  readonly cutCount: number;
}

/** How an invocation ended, as far as the pace is concerned. */
export interface PacedEnd {
  readonly beganMs: number;
  readonly endedMs: number;
  /** How long the handler took; undefined when that is not comparable: it never ran, or its environment had to start first. */
  readonly durationMs: number | undefined;
  readonly signal: PaceSignal;
  /** None of its messages had been received before: a message that always fails says nothing twice. */
  readonly isFirst: boolean;
  /** How many ran at once: when it began or when it ended, whichever is more. */
  readonly running: number;
}

/**
 * The law of a mapping's concurrency. It is unlimited until the function says that what is behind it has too much: then it is
 * halved, and halved again for what began after that; each round of answers adds a little. A function that merely became
 * slower is tried with three quarters: if that does not make it faster, the load was not the reason, and all is as before.
 */
export class Pace {
  readonly #slowness = new Slowness();
  #limit = Infinity;
  #pauseMs = 0;
  #ceiling = 0;
  #cutAtMs = -Infinity;
  #recent: PaceSignal[] = [];
  #beforeTrial: { readonly limit: number; readonly ceiling: number } | undefined;
  #reason: PaceReason | undefined;
  #cutCount = 0;

  /** How many batches may run at once. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** How long to wait before the next batch is taken. */
  get pauseMs(): number {
    return this.#pauseMs;
  }

  get figure(): PaceFigure {
    return {
      ...(this.#limit !== Infinity && { limit: this.limit }),
      ...(this.#reason !== undefined && { reason: this.#reason }),
      pauseMs: this.#pauseMs,
      cutCount: this.#cutCount,
    };
  }

  /** A batch begins; what it answers goes with its end. */
  began(beginning: Beginning): Ticket | undefined {
    return this.#slowness.began(beginning);
  }

  /** A batch that had begun was never invoked. */
  left(ticket: Ticket, nowMs: number): void {
    this.#slowness.ended(ticket, { nowMs, durationMs: undefined, mayTry: false });
  }

  /** An invocation has ended. */
  ended(end: PacedEnd, ticket?: Ticket): void {
    const found = ticket && this.#measured(ticket, end);
    // What had begun before the last cut was part of the load that it answered.
    if (end.beganMs <= this.#cutAtMs || end.signal === 'silent') return;
    if (end.signal === 'throttled') return this.#cut(TROUBLE_FACTOR, 'throttled', end);
    this.#note(end);
    const trouble = this.#trouble();
    if (trouble !== undefined) return this.#cut(TROUBLE_FACTOR, trouble, end);
    if (end.signal !== 'fine') return;
    this.#pauseMs = 0;
    if (found === 'slow') this.#try(end);
    else this.#raise();
  }

  #note({ signal, isFirst }: PacedEnd): void {
    if (signal !== 'fine' && !isFirst) return;
    this.#recent.push(signal);
    if (this.#recent.length > RECENT_ENDS) this.#recent.shift();
  }

  #trouble(): PaceReason | undefined {
    if (this.#recent.at(-1) === 'fine') return undefined;
    const total = this.#recent.length;
    const unreachable = this.#recent.filter((signal) => signal === 'unreachable').length;
    if (unreachable >= LEAST_UNREACHABLE && unreachable >= total * UNREACHABLE_SHARE) return 'unreachable';
    const good = this.#recent.filter((signal) => signal === 'fine').length;
    const isMost = total >= LEAST_FAILING && total - good >= total * FAILING_SHARE;
    const inARow = total - 1 - this.#recent.lastIndexOf('fine');
    return isMost || inARow >= FAILING_IN_A_ROW ? 'failing' : undefined;
  }

  #measured(ticket: Ticket, { signal, durationMs, endedMs: nowMs, running }: PacedEnd): Found {
    const mayTry = Math.min(this.#limit, running) > 1;
    const measuredMs = signal === 'fine' ? durationMs : undefined;
    const found = this.#slowness.ended(ticket, { nowMs, durationMs: measuredMs, mayTry });
    if (found === 'no-relief') this.#undoTrial();
    else if (found === 'relief') this.#beforeTrial = undefined;
    return found;
  }

  #raise(): void {
    if (this.#limit === Infinity || this.#beforeTrial !== undefined) return;
    this.#limit += Math.max(1, this.#ceiling * STEP_SHARE) / this.#limit;
    if (this.#limit < this.#ceiling * FREE_FACTOR) return;
    this.#limit = Infinity;
    this.#ceiling = 0;
  }

  #try(end: PacedEnd): void {
    this.#beforeTrial = { limit: this.#limit, ceiling: this.#ceiling };
    this.#cut(TRIAL_FACTOR, 'slow', end);
  }

  #undoTrial(): void {
    if (this.#beforeTrial === undefined) return;
    ({ limit: this.#limit, ceiling: this.#ceiling } = this.#beforeTrial);
    this.#beforeTrial = undefined;
  }

  #cut(factor: number, reason: PaceReason, { running, endedMs }: PacedEnd): void {
    const from = Math.min(this.#limit, running);
    if (from < 2) this.#pauseMs = Math.min(Math.max(2 * this.#pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#limit = Math.max(1, Math.floor(from * factor));
    this.#ceiling = Math.max(this.#ceiling, from);
    this.#reason = reason;
    this.#cutCount += 1;
    this.#cutAtMs = endedMs;
    this.#recent = [];
    if (reason !== 'slow') this.#beforeTrial = undefined;
  }
}
