import type postgres from 'postgres';
import {
  addAd,
  addAdvertiser,
  addCampaign,
  addPlacement,
  addPublisher,
  NotAdded,
} from '../ledger/additions.ts';
import { updateCampaign, type CampaignSettings } from '../ledger/campaigns.ts';
import { WHOLE_PPM } from '../ledger/shares.ts';
import { safeTarget } from '../server/target.ts';
import { Refused, textField, wholeField } from './request.ts';

type Fields = Readonly<Record<string, unknown>>;

const MOST_CHARACTERS = 100;
/** A million for one click. */
const MOST_PRICE_MICROS = 1e12;
const MOST_MICROS = 1e15;
const LATEST_MS = 8.64e15;

/** Where advertisers, publishers with their places, campaigns and ads are added, and campaigns are changed. */
export class AdditionsDesk {
  readonly #sql: postgres.Sql;

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  async advertiser(fields: Fields): Promise<{ advertiserId: number }> {
    return { advertiserId: await added(addAdvertiser(this.#sql, nameOf(fields))) };
  }

  async publisher(fields: Fields): Promise<{ publisherId: number }> {
    const sharePpm = wholeField(fields, 'sharePpm', 0, WHOLE_PPM);
    return { publisherId: await added(addPublisher(this.#sql, nameOf(fields), sharePpm)) };
  }

  async placement(publisherId: number, fields: Fields): Promise<{ placementId: number }> {
    return { placementId: await added(addPlacement(this.#sql, publisherId, nameOf(fields))) };
  }

  /** A campaign and its first ad; it is shown when it is given money. */
  async campaign(fields: Fields): Promise<{ campaignId: number; adId: number }> {
    const ad = adOf(fields);
    const advertiserId = wholeField(fields, 'advertiserId', 1, 2 ** 31 - 1);
    const settings: CampaignSettings = { ...settingsOf(fields), state: 'active' };
    return added(addCampaign(this.#sql, advertiserId, { ...settings, ad }));
  }

  async ad(campaignId: number, fields: Fields): Promise<{ adId: number }> {
    return { adId: await added(addAd(this.#sql, campaignId, adOf(fields))) };
  }

  /** Links that were given out keep the price that is signed into them. */
  async settings(campaignId: number, fields: Fields): Promise<{ campaignId: number }> {
    if (!(await updateCampaign(this.#sql, campaignId, settingsOf(fields))))
      throw new Refused(404, `There is no campaign ${campaignId}.`);
    return { campaignId };
  }
}

function nameOf(fields: Fields): string {
  return textField(fields, 'name', MOST_CHARACTERS);
}

function settingsOf(fields: Fields): Omit<CampaignSettings, 'state'> {
  return {
    name: nameOf(fields),
    priceMicros: wholeField(fields, 'priceMicros', 1, MOST_PRICE_MICROS),
    dayLimitMicros: perhaps(fields, 'dayLimitMicros', MOST_MICROS),
    endsAtMs: perhaps(fields, 'endsAtMs', LATEST_MS),
  };
}

/** Missing and null say the same: no limit, no end. */
function perhaps(fields: Fields, name: string, most: number): number | undefined {
  return (fields[name] ?? null) === null ? undefined : wholeField(fields, name, 0, most);
}

function adOf(fields: Fields): { headline: string; target: string } {
  const target = safeTarget(fields['target']);
  if (target === undefined)
    throw new Refused(
      400,
      'target is an address such as https://shop.example/, without spaces or a password.',
    );
  return { headline: textField(fields, 'headline', MOST_CHARACTERS), target };
}

async function added<T>(adding: Promise<T>): Promise<T> {
  return adding.catch((error: unknown) => {
    throw error instanceof NotAdded ? new Refused(409, error.message) : error;
  });
}
