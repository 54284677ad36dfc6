import type { Click, Served } from './click.ts';
import type { Rules } from './rules.ts';

/** One campaign's settings and money, as its locked rows say. */
export interface Budget {
  readonly campaignId: number;
  readonly active: boolean;
  /** Clicks from this moment on are free. */
  readonly endsAtMs?: number;
  readonly limitMicros: number;
  readonly spentMicros: number;
  /** For one day of clicks (UTC). */
  readonly dayLimitMicros?: number;
}

/** What a campaign spent on one day. */
export interface BudgetDay {
  readonly campaignId: number;
  /** Such as 2026-01-31. */
  readonly day: string;
  readonly spentMicros: number;
}

/** A click that counted (billed, free or pending), as far as it matters to later ones. */
export interface CountedClick {
  readonly impressionId: string;
  readonly adId: number;
  readonly campaignId: number;
  readonly addressHash: string;
  readonly agent: string;
  readonly clickedAtMs: number;
}

/** What the database holds about the clicks of a batch. */
export interface Known {
  readonly rules: Rules;
  readonly nowMs: number;
  readonly budgets: readonly Budget[];
  readonly days: readonly BudgetDay[];
  /** Counted clicks that share an impression or an address with a click of the batch. */
  readonly counted: readonly CountedClick[];
  /** Impressions of the batch's clicks that were seen. */
  readonly viewed: ReadonlySet<string>;
}

/** What later clicks must know of this one. */
export function countedClick(click: Click, served: Served): CountedClick {
  const { impressionId, adId, campaignId } = served;
  const { addressHash, agent, clickedAtMs } = click;
  return { impressionId, adId, campaignId, addressHash, agent, clickedAtMs };
}
