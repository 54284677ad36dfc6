import type postgres from 'postgres';
import type { YsbAd } from './population.ts';

/** To which campaign an ad belongs: a table, remembered once it was looked up. */
export class Directory {
  readonly #sql: postgres.Sql;
  readonly #known = new Map<string, YsbAd>();

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  /** Those that are there, by their ids. */
  async adsOf(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, YsbAd>> {
    const unknown = [...ids].filter((id) => !this.#known.has(id));
    if (unknown.length > 0) {
      const sql = this.#sql;
      const rows = await sql<YsbAd[]>`
        SELECT id, number, campaign_id AS "campaignId", price_micros AS "priceMicros" FROM ysb_ad
        WHERE id = ANY(${unknown}::uuid[])`;
      for (const ad of rows) this.#known.set(ad.id, ad);
    }
    return this.#known;
  }
}
