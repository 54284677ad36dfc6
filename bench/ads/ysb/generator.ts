import { Chance } from '../../../ads/traffic/chance.ts';
import type { YsbEvent } from './event.ts';
import { ADS, ADS_PER_CAMPAIGN, CAMPAIGNS, idOf, type YsbAd } from './population.ts';

/** What is sent in one run: by these alone every event of it is known. */
export interface Script {
  readonly seed: number;
  readonly startMs: number;
  /** Events a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Campaigns by Zipf's law, the first with half of all events; else evenly. */
  readonly isSkewed?: boolean;
}

const TYPES = ['banner', 'modal', 'sponsored-search', 'mail', 'mobile'] as const;
const KINDS = ['view', 'click', 'purchase'] as const;
/** Users, and pages as well. */
const OF_EACH = 100;
/** With a hundred campaigns the first has half of it all. */
const ZIPF_EXPONENT = 1.7;
/** The share of the events that goes to a campaign and all before it. */
const SHARES = sharesByZipf();

/** An event with the ad that it names. */
export interface Generated {
  readonly event: YsbEvent;
  readonly ad: YsbAd;
  readonly atMs: number;
}

/** The events of a run, in the order of their times; the same script always gives the same. */
export function* eventsOf({ seed, startMs, rate, seconds, isSkewed = false }: Script): Generator<Generated> {
  const chance = new Chance(seed);
  for (let index = 0; index < rate * seconds; index += 1) {
    const atMs = startMs + Math.floor((index * 1000) / rate);
    const ad = isSkewed ? skewedAd(chance) : chance.pick(ADS);
    const event = {
      user_id: idOf('b', chance.below(OF_EACH)),
      page_id: idOf('c', chance.below(OF_EACH)),
      ad_id: ad.id,
      ad_type: chance.pick(TYPES),
      event_type: chance.pick(KINDS),
      event_time: String(atMs),
      ip_address: '1.2.3.4',
    };
    yield { event, ad, atMs };
  }
}

function skewedAd(chance: Chance): YsbAd {
  const at = chance.next();
  const campaign = SHARES.findIndex((share) => at < share);
  const own = ADS.slice(campaign * ADS_PER_CAMPAIGN, (campaign + 1) * ADS_PER_CAMPAIGN);
  return chance.pick(own);
}

function sharesByZipf(): readonly number[] {
  const weights = Array.from({ length: CAMPAIGNS }, (_, index) => (index + 1) ** -ZIPF_EXPONENT);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  // The last one is 1 whatever was rounded.
  return weights.map((weight, index) => (index === CAMPAIGNS - 1 ? 1 : (sum += weight) / whole));
}
