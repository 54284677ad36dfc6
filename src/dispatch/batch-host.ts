import type { PacedEnd } from './pace.ts';

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
