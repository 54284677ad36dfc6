import type postgres from 'postgres';

/** All that is known of one click, for the advertiser that it came for. Times in ms; amounts in micro-units. */
export interface Receipt {
  readonly clickId: string;
  readonly impressionId: string;
  readonly servedAtMs: number;
  readonly clickedAtMs: number;
  readonly recordedAtMs: number;
  readonly campaignId: number;
  readonly campaign: string | null;
  readonly adId: number;
  readonly publisherId: number;
  readonly publisher: string | null;
  readonly verdict: string;
  readonly reason: string | null;
  readonly rulesVersion: number;
  readonly priceMicros: number;
  readonly chargedMicros: number;
  /** The ledger entry of the charge: its number and its key; null when nothing was charged. */
  readonly transferId: string | null;
  readonly transferKey: string | null;
  /** What a later version of the rules gave back: how much, by which entry, why. */
  readonly creditedMicros: number;
  readonly creditTransferId: string | null;
  readonly creditReason: string | null;
  readonly creditVersion: number | null;
  /** Counted in another hour than its own, because its day was closed. */
  readonly adjustment: boolean;
  readonly network: string;
  readonly agent: string;
  readonly referrerHost: string;
}

/** Which receipts: of clicks from `fromMs` on, before `untilMs`. */
export interface ReceiptQuery {
  readonly advertiserId: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly limit: number;
  /** Those that come after this click in the order that is asked for. */
  readonly after?: string | undefined;
  readonly newestFirst: boolean;
}

/** Receipts in the order of the clicks. A click whose `after` is not the advertiser's has nothing after it. */
export async function readReceipts(sql: postgres.ISql, query: ReceiptQuery): Promise<readonly Receipt[]> {
  const { advertiserId, fromMs, untilMs, limit, after = null, newestFirst } = query;
  const place = sql`(SELECT clicked_at, click_id FROM click
    WHERE click_id = ${after}::uuid AND advertiser_id = ${advertiserId})`;
  const beyond = newestFirst
    ? sql`(click.clicked_at, click.click_id) < ${place}`
    : sql`(click.clicked_at, click.click_id) > ${place}`;
  const order = newestFirst
    ? sql`click.clicked_at DESC, click.click_id DESC`
    : sql`click.clicked_at, click.click_id`;
  return sql<Receipt[]>`
    SELECT ${columns(sql)} FROM (
      SELECT * FROM click WHERE advertiser_id = ${advertiserId}
        AND clicked_at >= to_timestamp(${fromMs}::float8 / 1000) AND clicked_at < to_timestamp(${untilMs}::float8 / 1000)
        AND ${after === null ? sql`true` : beyond}
      ORDER BY ${order} LIMIT ${limit}
    ) AS click ${joins(sql)} ORDER BY ${order}`;
}

/** The receipt of one click; undefined when the advertiser has none of that id. */
export async function readReceipt(
  sql: postgres.ISql,
  advertiserId: number,
  clickId: string,
): Promise<Receipt | undefined> {
  const [receipt] = await sql<Receipt[]>`
    SELECT ${columns(sql)} FROM click ${joins(sql)}
    WHERE click.click_id = ${clickId}::uuid AND click.advertiser_id = ${advertiserId}`;
  return receipt;
}

function columns(sql: postgres.ISql): postgres.Fragment {
  const ms = (column: string): postgres.Fragment =>
    sql`round(extract(epoch FROM click.${sql(column)}) * 1000)::float8`;
  return sql`
    click.click_id AS "clickId", click.impression_id AS "impressionId", ${ms('served_at')} AS "servedAtMs",
    ${ms('clicked_at')} AS "clickedAtMs", ${ms('recorded_at')} AS "recordedAtMs",
    click.campaign_id AS "campaignId", campaign.name AS campaign, click.ad_id AS "adId",
    click.publisher_id AS "publisherId", publisher.name AS publisher, verdict, click.reason,
    rules_version AS "rulesVersion", click.price_micros::float8 AS "priceMicros",
    coalesce(charge.amount_micros, 0)::float8 AS "chargedMicros", charge.transfer_id::text AS "transferId",
    charged.idempotency_key AS "transferKey", coalesce(credit.amount_micros, 0)::float8 AS "creditedMicros",
    credit.transfer_id::text AS "creditTransferId", credit.reason AS "creditReason",
    credit.from_version AS "creditVersion", adjustment, network, agent, referrer_host AS "referrerHost"`;
}

/** A credit is unique for a click: what it gives back is given back once. */
function joins(sql: postgres.ISql): postgres.Fragment {
  return sql`
    LEFT JOIN campaign ON campaign.campaign_id = click.campaign_id
    LEFT JOIN publisher ON publisher.publisher_id = click.publisher_id
    LEFT JOIN charge ON charge.click_id = click.click_id
    LEFT JOIN transfer AS charged ON charged.transfer_id = charge.transfer_id
    LEFT JOIN credit ON credit.click_id = click.click_id`;
}
