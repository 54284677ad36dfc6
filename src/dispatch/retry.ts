import type { Taken } from './feed.ts';
import type { AskedDelay } from './verdict.ts';

/** How long failed messages of a mapping stay hidden: doubled with each failure, from `firstMs` up to `longestMs`. */
export interface RetryBackoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** No lease lasts longer since the receive (AWS: twelve hours); a little less, since time passes until the queue is told. */
const LONGEST_HIDDEN_MS = 43_200_000 - 5000;

/**
 * When a failed message is offered again: as its function asks; else by the mapping's back-off; else, as AWS does, when the
 * visibility time-out has ended that began with its receive.
 */
export function againAtMs(
  { delivery, takenAtMs, visibilityMs }: Pick<Taken, 'delivery' | 'takenAtMs' | 'visibilityMs'>,
  nowMs: number,
  asked: AskedDelay,
  backoff: RetryBackoff | undefined,
): number {
  const delayMs = asked ?? (backoff === undefined ? undefined : grownMs(backoff, delivery.receiveCount));
  if (delayMs === undefined) return takenAtMs + visibilityMs;
  return Math.min(nowMs + delayMs, takenAtMs + LONGEST_HIDDEN_MS);
}

function grownMs({ firstMs, longestMs }: RetryBackoff, receiveCount: number): number {
  return Math.min(firstMs * 2 ** (receiveCount - 1), longestMs);
}
