import type { BookedClick } from './booked-at.ts';
import type { Budget } from './known.ts';
import { dayOf } from './memory.ts';

/** What a campaign's clicks cost. */
export interface CampaignSum {
  readonly campaignId: number;
  readonly micros: number;
}

/** The same on one day, with the limit of that day. */
export interface DaySum extends CampaignSum {
  /** Such as 2026-01-31. */
  readonly day: string;
  readonly limitMicros: number | null;
}

/** What reaches one account. */
export interface AccountSum {
  readonly accountId: string;
  readonly micros: number;
}

/** Clicks that are counted together; 0 stands for "the token named none", an empty reason for none. */
export interface HourSum extends CampaignSum {
  readonly adId: number;
  readonly publisherId: number;
  readonly hourMs: number;
  readonly verdict: string;
  readonly reason: string;
  readonly adjustment: boolean;
  readonly clicks: number;
}

/** What clicks that got their verdict add to spending, balances and statistics: one for each row of these. */
export interface Sums {
  readonly campaigns: readonly CampaignSum[];
  readonly days: readonly DaySum[];
  /** Where the money goes that is more than nothing. */
  readonly earned: readonly AccountSum[];
  readonly hours: readonly HourSum[];
}

/**
 * Adds up what follows from clicks that got their verdict. Pure. Statistics are in one order for every batch, in which
 * their rows are locked: those of no campaign are held by no budget.
 */
export function sumsOf(decided: readonly BookedClick[], budgets: readonly Budget[]): Sums {
  const campaigns = new Map<number, Adding<CampaignSum>>();
  const days = new Map<string, Adding<DaySum>>();
  const earned = new Map<string, Adding<AccountSum>>();
  const hours = new Map<string, Adding<HourSum>>();
  for (const one of decided) {
    addHour(hours, one);
    const { served, clickedAtMs } = one.click;
    if (one.verdict.kind !== 'billed' || served === undefined) continue;
    const { campaignId, publisherId, priceMicros: micros } = served;
    add(campaigns, campaignId, { campaignId, micros });
    const day = dayOf(clickedAtMs);
    const limitMicros = budgets.find((budget) => budget.campaignId === campaignId)?.dayLimitMicros ?? null;
    add(days, `${campaignId} ${day}`, { campaignId, day, limitMicros, micros });
    const accountId = `earned:${campaignId}:${publisherId}`;
    if (micros > 0) add(earned, accountId, { accountId, micros });
  }
  const inOrder = [...hours].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
  return {
    ...{ campaigns: [...campaigns.values()], days: [...days.values()] },
    ...{ earned: [...earned.values()], hours: inOrder },
  };
}

function add<K, T extends { micros: number }>(sums: Map<K, T>, key: K, one: T): void {
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, one);
  else sum.micros += one.micros;
}

function addHour(hours: Map<string, Adding<HourSum>>, one: BookedClick): void {
  const { click, verdict, bookedHourMs: hourMs, adjustment } = one;
  const { campaignId = 0, adId = 0, publisherId = 0, priceMicros = 0 } = click.served ?? {};
  const reason = 'reason' in verdict ? verdict.reason : '';
  const key = `${campaignId} ${adId} ${publisherId} ${hourMs} ${verdict.kind} ${reason} ${adjustment}`;
  const micros = verdict.kind === 'billed' ? priceMicros : 0;
  const sum = hours.get(key);
  if (sum === undefined) {
    const names = { campaignId, adId, publisherId, hourMs, verdict: verdict.kind, reason, adjustment };
    hours.set(key, { ...names, clicks: 1, micros });
  } else {
    sum.clicks += 1;
    sum.micros += micros;
  }
}

/** A sum while it grows. */
type Adding<T> = { -readonly [K in keyof T]: T[K] };
