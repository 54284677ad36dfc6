/** A hundred campaigns with ten ads each, as in the original. */
export const CAMPAIGNS = 100;
export const ADS_PER_CAMPAIGN = 10;
/** Campaigns of the demo have smaller numbers. */
const FIRST_CAMPAIGN = 1001;

/** One ad. */
export interface YsbAd {
  readonly id: string;
  readonly number: number;
  readonly campaignId: number;
  readonly priceMicros: number;
}

/** All ads, always the same. */
export const ADS: readonly YsbAd[] = Array.from({ length: CAMPAIGNS * ADS_PER_CAMPAIGN }, (_, index) => ({
  id: idOf('a', index),
  number: 10_001 + index,
  campaignId: FIRST_CAMPAIGN + Math.floor(index / ADS_PER_CAMPAIGN),
  priceMicros: 100_000 + 1000 * (index % ADS_PER_CAMPAIGN),
}));

/** All campaigns. */
export const CAMPAIGN_IDS: readonly number[] = Array.from(
  { length: CAMPAIGNS },
  (_, index) => FIRST_CAMPAIGN + index,
);

/** A UUID for the n-th of its kind. */
export function idOf(kind: 'a' | 'b' | 'c', index: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}
