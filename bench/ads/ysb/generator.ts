import { Chance } from '../../../ads/traffic/chance.ts';
import type { YsbEvent } from './event.ts';
import { ADS, idOf, type YsbAd } from './population.ts';

/** What is sent in one run: by these alone every event of it is known. */
export interface Script {
  readonly seed: number;
  readonly startMs: number;
  /** Events a second. */
  readonly rate: number;
  readonly seconds: number;
}

const TYPES = ['banner', 'modal', 'sponsored-search', 'mail', 'mobile'] as const;
const KINDS = ['view', 'click', 'purchase'] as const;
/** Users, and pages as well. */
const OF_EACH = 100;

/** An event with the ad that it names. */
export interface Generated {
  readonly event: YsbEvent;
  readonly ad: YsbAd;
  readonly atMs: number;
}

/** The events of a run, in the order of their times; the same script always gives the same. */
export function* eventsOf({ seed, startMs, rate, seconds }: Script): Generator<Generated> {
  const chance = new Chance(seed);
  for (let index = 0; index < rate * seconds; index += 1) {
    const atMs = startMs + Math.floor((index * 1000) / rate);
    const ad = chance.pick(ADS);
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
