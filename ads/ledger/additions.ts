import type postgres from 'postgres';
import { createCampaign, type CampaignSettings } from './campaigns.ts';

/** What is to be added is there already, or belongs to what is not there; says so in one sentence. */
export class NotAdded extends Error {}

/** Held while something is added: numbers follow each other, and the same twice at once is added once. */
const ADDITIONS_LOCK = 7_241_004;

/** Adds an advertiser, without money; answers its number. Rejects with NotAdded when there is one of that name. */
export async function addAdvertiser(sql: postgres.Sql, name: string): Promise<number> {
  return alone(sql, async (transaction) => {
    const same = await transaction`SELECT 1 FROM advertiser WHERE lower(name) = lower(${name})`;
    if (same.length > 0) throw new NotAdded(`There is an advertiser ${name} already.`);
    return transaction`
      INSERT INTO advertiser (advertiser_id, name)
      SELECT coalesce(max(advertiser_id), 0) + 1, ${name} FROM advertiser RETURNING advertiser_id AS id`;
  });
}

/** Adds a publisher, who may show ads from now on; answers its number. Rejects with NotAdded when there is one of that name. */
export async function addPublisher(sql: postgres.Sql, name: string, sharePpm: number): Promise<number> {
  return alone(sql, async (transaction) => {
    const same = await transaction`SELECT 1 FROM publisher WHERE lower(name) = lower(${name})`;
    if (same.length > 0) throw new NotAdded(`There is a publisher ${name} already.`);
    return transaction`
      INSERT INTO publisher (publisher_id, name, share_ppm)
      SELECT coalesce(max(publisher_id), 0) + 1, ${name}, ${sharePpm}::integer FROM publisher
      RETURNING publisher_id AS id`;
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
    return transaction`
      INSERT INTO placement (placement_id, publisher_id, name)
      SELECT coalesce(max(placement_id), 0) + 1, ${publisherId}::integer, ${name} FROM placement
      RETURNING placement_id AS id`;
  });
}

/** An ad as its viewers get it. */
export interface NewAd {
  readonly headline: string;
  /** Where a click leads: an address of http or https. */
  readonly target: string;
}

/** Adds an ad to a campaign; answers its number. Rejects with NotAdded. */
export async function addAd(
  sql: postgres.Sql,
  campaignId: number,
  { headline, target }: NewAd,
): Promise<number> {
  return alone(sql, async (transaction) => {
    const known = await transaction`SELECT 1 FROM campaign WHERE campaign_id = ${campaignId}`;
    if (known.length === 0) throw new NotAdded(`There is no campaign ${campaignId}.`);
    const same = await transaction`
      SELECT 1 FROM ad WHERE campaign_id = ${campaignId} AND headline = ${headline} AND target_url = ${target}`;
    if (same.length > 0) throw new NotAdded('This campaign has the same ad already.');
    return transaction`
      INSERT INTO ad (ad_id, campaign_id, headline, target_url)
      SELECT coalesce(max(ad_id), 0) + 1, ${campaignId}::integer, ${headline}, ${target} FROM ad RETURNING ad_id AS id`;
  });
}

/** Adds a campaign, without money and without ads; answers its number. Rejects with NotAdded. */
export async function addCampaign(
  sql: postgres.Sql,
  advertiserId: number,
  settings: CampaignSettings,
): Promise<number> {
  const known = await sql`SELECT 1 FROM advertiser WHERE advertiser_id = ${advertiserId}`;
  if (known.length === 0) throw new NotAdded(`There is no advertiser ${advertiserId}.`);
  const [row] = await sql<{ next: number; same: boolean }[]>`
    SELECT coalesce(max(campaign_id), 0) + 1 AS next,
      coalesce(bool_or(advertiser_id = ${advertiserId} AND lower(name) = lower(${settings.name})), false) AS same
    FROM campaign`;
  if (row?.same !== false) throw new NotAdded(`This advertiser has a campaign ${settings.name} already.`);
  try {
    await createCampaign(sql, { campaignId: row.next, advertiserId, ...settings });
    return row.next;
  } catch (error) {
    if (isTaken(error))
      throw new NotAdded('Another campaign was added at the same time: try again.', { cause: error });
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint_name' in error && error.constraint_name === 'campaign_pkey';
}

/** Runs `add`, which answers the number of what it has added, when nobody else adds anything. */
async function alone(
  sql: postgres.Sql,
  add: (transaction: postgres.TransactionSql) => PromiseLike<readonly postgres.Row[]>,
): Promise<number> {
  return sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${ADDITIONS_LOCK})`;
    const [row] = await add(transaction);
    return Number(row?.['id']);
  });
}
