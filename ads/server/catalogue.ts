import type postgres from 'postgres';

/** An ad that may be shown now. */
export interface Offer {
  readonly adId: number;
  readonly campaignId: number;
  readonly advertiserId: number;
  readonly headline: string;
  readonly target: string;
  readonly priceMicros: number;
}

/** What an ad server knows of the ledger. It is a copy: serving goes on with the last one while the database is away. */
export interface Catalogue {
  readonly offers: readonly Offer[];
  readonly publishers: ReadonlySet<number>;
}

/** Nothing to show yet. */
export const EMPTY_CATALOGUE: Catalogue = { offers: [], publishers: new Set() };

/** Reads the ads of active campaigns that can pay for one more click. */
export async function readCatalogue(sql: postgres.Sql): Promise<Catalogue> {
  const offers = await sql<(Omit<Offer, 'priceMicros'> & { priceMicros: string })[]>`
    SELECT ad_id AS "adId", campaign_id AS "campaignId", advertiser_id AS "advertiserId", headline,
           target_url AS target, price_micros AS "priceMicros"
    FROM ad JOIN campaign USING (campaign_id) JOIN budget USING (campaign_id)
    WHERE state = 'active' AND spent_micros + price_micros <= limit_micros
    ORDER BY ad_id`;
  const publishers = await sql<{ id: number }[]>`SELECT publisher_id AS id FROM publisher`;
  return {
    offers: offers.map((offer) => ({ ...offer, priceMicros: Number(offer.priceMicros) })),
    publishers: new Set(publishers.map((row) => row.id)),
  };
}
