import type { Cancel, Clock } from './clock.ts';

interface Planned {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that moves only when told: for tests of the law and for the simulation. */
export class ManualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #planned = new Set<Planned>();

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const planned = { dueMs: this.#nowMs + delayMs, order: this.#order++, run };
    this.#planned.add(planned);
    return () => this.#planned.delete(planned);
  }

  /** Moves on by `durationMs`, running what falls due on the way, in order of time. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#planned.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** The time of the next planned call, if there is one. */
  nextDueMs(): number | undefined {
    return this.#next(Infinity)?.dueMs;
  }

  #next(endMs: number): Planned | undefined {
    let first: Planned | undefined;
    for (const planned of this.#planned) {
      if (planned.dueMs > endMs) continue;
      const earlier =
        first === undefined ||
        planned.dueMs < first.dueMs ||
        (planned.dueMs === first.dueMs && planned.order < first.order);
      if (earlier) first = planned;
    }
    return first;
  }
}
