import type postgres from 'postgres';
import type { Decided } from './decide.ts';
import { RULES_VERSION } from './rules.ts';

/** What one batch did. */
export interface Charged {
  /** Clicks that were not in the table before. */
  readonly inserted: number;
  readonly billed: number;
}

/**
 * Writes clicks, charges, spending and statistics in one statement. Every effect follows from the rows that
 * the first part really inserted, so a click that another transaction recorded meanwhile has no effect here.
 */
export async function writeDecided(sql: postgres.ISql, decided: readonly Decided[]): Promise<Charged> {
  if (decided.length === 0) return { inserted: 0, billed: 0 };
  const [row] = await sql<{ inserted: number; billed: number }[]>`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(decided.map(asRow))}::text::jsonb) AS row (
        click_id uuid, impression_id uuid, ad_id integer, campaign_id integer, advertiser_id integer,
        publisher_id integer, price_micros bigint, served_at_ms bigint, clicked_at_ms bigint, method text,
        network text, address_hash text, address_class text, agent text, referrer_host text, server_id text,
        seq bigint, verdict text, reason text)
    ), inserted AS (
      INSERT INTO click (click_id, impression_id, ad_id, campaign_id, advertiser_id, publisher_id,
        price_micros, served_at, clicked_at, method, network, address_hash, address_class, agent,
        referrer_host, server_id, seq, verdict, reason, rules_version)
      SELECT click_id, impression_id, ad_id, campaign_id, advertiser_id, publisher_id, price_micros,
        to_timestamp(served_at_ms / 1000.0), to_timestamp(clicked_at_ms / 1000.0), method, network,
        address_hash, address_class, agent, referrer_host, server_id, seq, verdict, reason, ${RULES_VERSION}
      FROM given ORDER BY click_id
      ON CONFLICT (click_id) DO NOTHING
      RETURNING click_id, impression_id, ad_id, campaign_id, publisher_id, price_micros, clicked_at,
        verdict, reason
    ), charged AS (
      INSERT INTO charge (impression_id, click_id, campaign_id, amount_micros)
      SELECT impression_id, click_id, campaign_id, price_micros FROM inserted WHERE verdict = 'billed'
    ), spent AS (
      UPDATE budget SET spent_micros = spent_micros + part.micros
      FROM (SELECT campaign_id, sum(price_micros)::bigint AS micros
            FROM inserted WHERE verdict = 'billed' GROUP BY campaign_id) AS part
      WHERE budget.campaign_id = part.campaign_id
    ), counted AS (
      INSERT INTO stat_hour (campaign_id, ad_id, publisher_id, hour, verdict, reason, clicks, amount_micros)
      SELECT coalesce(campaign_id, 0), coalesce(ad_id, 0), coalesce(publisher_id, 0),
        date_trunc('hour', clicked_at, 'UTC'), verdict, coalesce(reason, ''), count(*),
        coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0)
      FROM inserted GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (campaign_id, ad_id, publisher_id, hour, verdict, reason) DO UPDATE
      SET clicks = stat_hour.clicks + excluded.clicks,
          amount_micros = stat_hour.amount_micros + excluded.amount_micros
    )
    SELECT count(*)::integer AS inserted, (count(*) FILTER (WHERE verdict = 'billed'))::integer AS billed
    FROM inserted`;
  return row ?? { inserted: 0, billed: 0 };
}

function asRow({ click, verdict }: Decided): Record<string, string | number | null> {
  const { served } = click;
  return {
    click_id: click.clickId,
    impression_id: served?.impressionId ?? null,
    ad_id: served?.adId ?? null,
    campaign_id: served?.campaignId ?? null,
    advertiser_id: served?.advertiserId ?? null,
    publisher_id: served?.publisherId ?? null,
    price_micros: served?.priceMicros ?? null,
    served_at_ms: served?.servedAtMs ?? null,
    clicked_at_ms: click.clickedAtMs,
    method: click.method,
    network: click.network,
    address_hash: click.addressHash,
    address_class: click.addressClass,
    agent: click.agent,
    referrer_host: click.referrerHost,
    server_id: click.serverId,
    seq: click.seq,
    verdict: verdict.kind,
    reason: verdict.kind === 'billed' ? null : verdict.reason,
  };
}
