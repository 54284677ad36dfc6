import type { Entry } from './entry.ts';
import { Line } from './line.ts';

/** How long a lease may stay unwritten. */
const WRITE_WITHIN_MS = 100;

/** Leases that end sooner are written at once: what shows again must be written as it is. */
const LEAST_VISIBILITY_MS = 10 * WRITE_WITHIN_MS;

/** True for a lease of a standard queue that need not be written at once. */
export function mayWait(visibilityMs: number): boolean {
  return visibilityMs >= LEAST_VISIBILITY_MS;
}

/**
 * Leases of a standard queue that the store does not know yet, oldest first. A receive does not wait for its lease to be durable,
 * so the lease need not be written at once; and what is settled before it was written has saved that for good.
 */
export class Unwritten {
  readonly #line = new Line<{ readonly entry: Entry; readonly sinceMs: number }>();

  /** When the next lease must be written; Infinity when none must. */
  get nextMs(): number {
    this.#passSettled();
    const { first } = this.#line;
    return first === undefined ? Infinity : first.sinceMs + WRITE_WITHIN_MS;
  }

  add(entry: Entry, nowMs: number): void {
    entry.isUnwritten = true;
    this.#line.push({ entry, sinceMs: nowMs });
  }

  /** Takes the oldest of those that must be written by then. */
  take(nowMs: number): Entry | undefined {
    this.#passSettled();
    const { first } = this.#line;
    return first === undefined || first.sinceMs + WRITE_WITHIN_MS > nowMs
      ? undefined
      : this.#line.shift()?.entry;
  }

  clear(): void {
    this.#line.clear();
  }

  #passSettled(): void {
    while (this.#line.first?.entry.isUnwritten === false) this.#line.shift();
  }
}
