import type { Click } from './click.ts';
import type { Decided } from './decide.ts';
import { dayOf } from './memory.ts';

/** The hour whose books a click is in. */
export interface Booked {
  readonly bookedHourMs: number;
  /** The click's own day was closed when it came: it is booked later, and shown as such. */
  readonly adjustment: boolean;
}

/** A click with its bucket and the hour that counts it. */
export type BookedClick = Decided & Booked;

const HOUR_MS = 3_600_000;

/**
 * The hour of the click itself decides. When its day is closed, or it claims to be ahead of our time, it is the
 * hour in which it is recorded; and never one of a closed day.
 */
export function bookedAt(
  { clickedAtMs }: Click,
  ground: { readonly nowMs: number; readonly closedThrough: string | undefined },
): Booked {
  const { nowMs, closedThrough } = ground;
  const isClosed = closedThrough !== undefined && dayOf(clickedAtMs) <= closedThrough;
  const isAhead = clickedAtMs > nowMs + HOUR_MS;
  if (!isClosed && !isAhead) return { bookedHourMs: hourOf(clickedAtMs), adjustment: false };
  const firstOpenMs = closedThrough === undefined ? 0 : Date.parse(closedThrough) + 24 * HOUR_MS;
  return { bookedHourMs: hourOf(Math.max(nowMs, firstOpenMs)), adjustment: isClosed };
}

function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}
