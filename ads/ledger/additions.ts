import type postgres from 'postgres';
import { createWithin, type CampaignSettings } from './campaigns.ts';

/** What is to be added is there already, or belongs to what is not there; says so in one sentence. */
export class NotAdded extends Error {}

/** Held while something is added: numbers follow each other, and the same twice at once is added once. */
const ADDITIONS_LOCK = 7_241_004;

/** Adds an advertiser, without money; answers its number. Rejects with NotAdded when there is one of that name. */
export async function addAdvertiser(sql: postgres.Sql, name: string): Promise<number> {
  return alone(sql, async (transaction) => {
    const same = await transaction`SELECT 1 FROM advertiser WHERE lower(name) = lower(${name})`;
    if (same.length > 0) throw new NotAdded(`There is an advertiser ${name} already.`);
    return idIn(
      await transaction`
        INSERT INTO advertiser (advertiser_id, name)
        SELECT coalesce(max(advertiser_id), 0) + 1, ${name} FROM advertiser RETURNING advertiser_id AS id`,
    );
  });
}

/** Adds a publisher, who may show ads from now on; answers its number. Rejects with NotAdded when there is one of that name. */
export async function addPublisher(sql: postgres.Sql, name: string, sharePpm: number): Promise<number> {
  return alone(sql, async (transaction) => {
    const same = await transaction`SELECT 1 FROM publisher WHERE lower(name) = lower(${name})`;
    if (same.length > 0) throw new NotAdded(`There is a publisher ${name} already.`);
    return idIn(
      await transaction`
        INSERT INTO publisher (publisher_id, name, share_ppm)
        SELECT coalesce(max(publisher_id), 0) + 1, ${name}, ${sharePpm}::integer FROM publisher
        RETURNING publisher_id AS id`,
    );
  });
}

/** Adds a place where a publisher shows ads; answers its number. Rejects with NotAdded. */
export async function addPlacement(sql: postgres.Sql, publisherId: number, name: string): Promise<number> {
  return alone(sql, async (transaction) => {
    const same = await transaction`
      SELECT 1 FROM placement WHERE publisher_id = ${publisherId} AND lower(name) = lower(${name})`;
    if (same.length > 0) throw new NotAdded(`This publisher has a place ${name} already.`);
    const known = await transaction`SELECT 1 FROM publisher WHERE publisher_id = ${publisherId}`;
    if (known.length === 0) throw new NotAdded(`There is no publisher ${publisherId}.`);
    return idIn(
      await transaction`
        INSERT INTO placement (placement_id, publisher_id, name)
        SELECT coalesce(max(placement_id), 0) + 1, ${publisherId}::integer, ${name} FROM placement
        RETURNING placement_id AS id`,
    );
  });
}

/** An ad as its viewers get it. */
export interface NewAd {
  readonly headline: string;
  /** Where a click leads: an address of http or https. */
  readonly target: string;
}

/** Adds an ad to a campaign; answers its number. Rejects with NotAdded. */
export async function addAd(sql: postgres.Sql, campaignId: number, ad: NewAd): Promise<number> {
  return alone(sql, async (transaction) => {
    const known = await transaction`SELECT 1 FROM campaign WHERE campaign_id = ${campaignId}`;
    if (known.length === 0) throw new NotAdded(`There is no campaign ${campaignId}.`);
    const same = await transaction`
      SELECT 1 FROM ad
      WHERE campaign_id = ${campaignId} AND headline = ${ad.headline} AND target_url = ${ad.target}`;
    if (same.length > 0) throw new NotAdded('This campaign has the same ad already.');
    return insertAd(transaction, campaignId, ad);
  });
}

/** Adds a campaign, without money, and its first ad; answers their numbers. Rejects with NotAdded. */
export async function addCampaign(
  sql: postgres.Sql,
  advertiserId: number,
  { ad, ...settings }: CampaignSettings & { readonly ad: NewAd },
): Promise<{ readonly campaignId: number; readonly adId: number }> {
  return alone(sql, async (transaction) => {
    const known = await transaction`SELECT 1 FROM advertiser WHERE advertiser_id = ${advertiserId}`;
    if (known.length === 0) throw new NotAdded(`There is no advertiser ${advertiserId}.`);
    const same = await transaction`
      SELECT 1 FROM campaign WHERE advertiser_id = ${advertiserId} AND lower(name) = lower(${settings.name})`;
    if (same.length > 0) throw new NotAdded(`This advertiser has a campaign ${settings.name} already.`);
    const campaignId = idIn(await transaction`SELECT coalesce(max(campaign_id), 0) + 1 AS id FROM campaign`);
    await createWithin(transaction, { campaignId, advertiserId, ...settings });
    return { campaignId, adId: await insertAd(transaction, campaignId, ad) };
  });
}

async function insertAd(
  transaction: postgres.TransactionSql,
  campaignId: number,
  { headline, target }: NewAd,
): Promise<number> {
  return idIn(
    await transaction`
      INSERT INTO ad (ad_id, campaign_id, headline, target_url)
      SELECT coalesce(max(ad_id), 0) + 1, ${campaignId}::integer, ${headline}, ${target} FROM ad RETURNING ad_id AS id`,
  );
}

function idIn(rows: readonly postgres.Row[]): number {
  return Number(rows[0]?.['id']);
}

/** Runs `add` in a transaction when nobody else adds anything. */
async function alone<Added>(
  sql: postgres.Sql,
  add: (transaction: postgres.TransactionSql) => Promise<Added>,
): Promise<Added> {
  const done = await sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${ADDITIONS_LOCK})`;
    return { added: await add(transaction) };
  });
  return done.added;
}
