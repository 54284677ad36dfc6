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
  /** Those that may show ads, with their placements. */
  readonly publishers: ReadonlyMap<number, readonly number[]>;
}

/** Nothing to show yet. */
export const EMPTY_CATALOGUE: Catalogue = { offers: [], publishers: new Map() };

/** Reads the ads of active campaigns that can pay for one more click, also of their limit for today. */
export async function readCatalogue(sql: postgres.Sql): Promise<Catalogue> {
  const offers = await sql<(Omit<Offer, 'priceMicros'> & { priceMicros: string })[]>`
    SELECT ad_id AS "adId", campaign.campaign_id AS "campaignId", advertiser_id AS "advertiserId", headline,
           target_url AS target, price_micros AS "priceMicros"
    FROM ad JOIN campaign USING (campaign_id) JOIN budget USING (campaign_id)
      LEFT JOIN budget_day ON budget_day.campaign_id = campaign.campaign_id
        AND day = (now() AT TIME ZONE 'UTC')::date
    WHERE state = 'active' AND coalesce(ends_at > now(), true)
      AND budget.spent_micros + price_micros <= budget.limit_micros
      AND coalesce(coalesce(budget_day.spent_micros, 0) + price_micros <= day_limit_micros, true)
    ORDER BY ad_id`;
  const publishers = await sql<{ id: number; placements: number[] }[]>`
    SELECT publisher_id AS id, array_remove(array_agg(placement_id ORDER BY placement_id), NULL) AS placements
    FROM publisher LEFT JOIN placement USING (publisher_id) WHERE state = 'active' GROUP BY publisher_id`;
  return {
    offers: offers.map((offer) => ({ ...offer, priceMicros: Number(offer.priceMicros) })),
    publishers: new Map(publishers.map(({ id, placements }) => [id, placements])),
  };
}
