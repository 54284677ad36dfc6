import type postgres from 'postgres';

/** Clicks of one campaign at one publisher with one outcome, added up over time; 0: of none that is known. */
export interface Counted {
  readonly campaignId: number;
  readonly publisherId: number;
  readonly verdict: string;
  /** Empty where there is none. */
  readonly reason: string;
  readonly clicks: number;
  readonly amountMicros: number;
}

/**
 * All clicks that were ever counted, of one advertiser or of everybody, added up. Closed days never change, so they are
 * added up once for each closing: reading stays as quick as it was on the first day.
 */
export class CountedClicks {
  readonly #advertiserId: number | undefined;
  #closedThrough: string | undefined;
  #closed: readonly Counted[] = [];

  constructor(advertiserId?: number) {
    this.#advertiserId = advertiserId;
  }

  /** As `snapshot` shows them. */
  async read(snapshot: postgres.ISql): Promise<readonly Counted[]> {
    const [books] = await snapshot<
      { through: string | null }[]
    >`SELECT closed_through::text AS through FROM books`;
    const through = books?.through ?? undefined;
    if (through !== this.#closedThrough) {
      this.#closed = through === undefined ? [] : await this.#count(snapshot, [undefined, through]);
      this.#closedThrough = through;
    }
    return [...this.#closed, ...(await this.#count(snapshot, [through, undefined]))];
  }

  /** Days after the first and up to the last. */
  #count(
    sql: postgres.ISql,
    [after = '-infinity', upTo = 'infinity']: readonly [string | undefined, string | undefined],
  ): Promise<readonly Counted[]> {
    const end = (day: string): postgres.Fragment =>
      sql`(${day}::text::timestamp + interval '1 day') AT TIME ZONE 'UTC'`;
    const whose =
      this.#advertiserId === undefined
        ? sql`SELECT campaign_id FROM campaign UNION ALL SELECT 0`
        : sql`SELECT campaign_id FROM campaign WHERE advertiser_id = ${this.#advertiserId}`;
    return sql<Counted[]>`
      SELECT campaign_id AS "campaignId", publisher_id AS "publisherId", verdict, reason,
        sum(clicks)::float8 AS clicks, sum(amount_micros)::float8 AS "amountMicros"
      FROM stat_hour JOIN (${whose}) AS own USING (campaign_id)
      WHERE hour >= ${end(after)} AND hour < ${end(upTo)} GROUP BY 1, 2, 3, 4`;
  }
}

/** Clicks with that verdict. */
export function clicksOf(counted: readonly Counted[], verdict: string): number {
  return counted.reduce((sum, one) => sum + (one.verdict === verdict ? one.clicks : 0), 0);
}

/** What was charged for clicks, before anything was given back. */
export function chargedOf(counted: readonly Counted[]): number {
  return counted.reduce((sum, one) => sum + one.amountMicros, 0);
}

/** Clicks by verdict and reason, most first; those without a reason aside. */
export function byReason(
  counted: readonly Counted[],
): readonly { readonly verdict: string; readonly reason: string; readonly clicks: number }[] {
  const groups = Map.groupBy(
    counted.filter(({ reason }) => reason !== ''),
    ({ verdict, reason }) => `${verdict} ${reason}`,
  );
  return [...groups.values()]
    .flatMap((some) => {
      const [first] = some;
      if (first === undefined) return [];
      const clicks = some.reduce((sum, one) => sum + one.clicks, 0);
      return [{ verdict: first.verdict, reason: first.reason, clicks }];
    })
    .filter(({ clicks }) => clicks > 0)
    .toSorted((one, other) => other.clicks - one.clicks || one.reason.localeCompare(other.reason));
}
