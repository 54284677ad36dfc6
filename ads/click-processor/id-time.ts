import type { Click } from './click.ts';

/** The latest moment that a UUID of version 7 can hold. */
const LAST_MS = 2 ** 48 - 1;
const DAY_MS = 86_400_000;
/** A click comes within this time after its impression; it may seem to come before it when clocks differ. */
const LONGEST_MS = 30 * DAY_MS;
const MOST_BEFORE_MS = DAY_MS;

/** The moment in a UUID of version 7, in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Whether the ids of a click and its impression tell when it was clicked, nearly, so that it is found by them. */
export function tellsTime({ clickId, clickedAtMs, served }: Click): boolean {
  if (served === undefined) return true;
  const sinceMs = clickedAtMs - timeOfId(served.impressionId);
  return timeOfId(clickId) === clickedAtMs && sinceMs >= -MOST_BEFORE_MS && sinceMs <= LONGEST_MS;
}

/** The least and the greatest id of clicks that tell time, on impressions whose ids are given in their order. */
export function idsOfClicksOn(impressions: readonly string[]): {
  readonly from: string;
  readonly to: string;
} {
  const first = timeOfId(impressions.at(0) ?? '0');
  const last = timeOfId(impressions.at(-1) ?? '0');
  return {
    from: idAt(Math.max(0, first - MOST_BEFORE_MS), '0'),
    to: idAt(Math.min(LAST_MS, last + LONGEST_MS), 'f'),
  };
}

/** The moment, and `digit` in all other places. */
function idAt(ms: number, digit: string): string {
  const hex = ms.toString(16).padStart(12, '0').padEnd(32, digit);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
