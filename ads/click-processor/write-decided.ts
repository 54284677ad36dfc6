import type postgres from 'postgres';
import type { Booked } from './booked-at.ts';
import type { Decided } from './decide.ts';
import { effectsOf } from './effects.ts';
import type { Place } from './read-known.ts';

/** What one batch did. */
export interface Charged {
  /** Clicks that were not in the table before. */
  readonly inserted: number;
  readonly billed: number;
}

/** A click with its bucket and the hour that counts it. */
export type BookedClick = Decided & Booked;

/**
 * Writes clicks, charges, transfers, balances, spending and statistics in one statement. Every effect follows from
 * the rows that the first part really inserted, so a click that another transaction recorded meanwhile has no effect
 * here.
 */
export async function writeDecided(
  sql: postgres.ISql,
  decided: readonly BookedClick[],
  place: Place,
): Promise<Charged> {
  if (decided.length === 0) return { inserted: 0, billed: 0 };
  const { position, rules } = place;
  const [row] = await sql<{ inserted: number; billed: number }[]>`
    WITH given AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(decided.map(asRow))}::text::json) AS row (
        click_id uuid, impression_id uuid, ad_id integer, campaign_id integer, advertiser_id integer,
        publisher_id integer, placement_id integer, price_micros bigint, served_at_ms bigint, clicked_at_ms bigint,
        token_state text, token_kid text, method text, prefetch boolean, network text, address_hash text,
        address_class text, asn integer, country text, agent text, agent_family text, os_family text,
        agent_family_served text, os_family_served text, insider boolean, referrer_host text, server_id text,
        seq bigint, verdict text, reason text, booked_hour_ms bigint, adjustment boolean)
    ), settled AS (
      INSERT INTO click (click_id, impression_id, ad_id, campaign_id, advertiser_id, publisher_id, placement_id,
        price_micros, served_at, clicked_at, token_state, token_kid, method, prefetch, network, address_hash,
        address_class, asn, country, agent, agent_family, os_family, agent_family_served, os_family_served,
        insider, referrer_host, server_id, seq, verdict, reason, rules_version, batch, decided_in, booked_hour,
        adjustment)
      SELECT click_id, impression_id, ad_id, campaign_id, advertiser_id, publisher_id, placement_id, price_micros,
        to_timestamp(served_at_ms / 1000::float8), to_timestamp(clicked_at_ms / 1000::float8), token_state, token_kid, method,
        prefetch, network, address_hash, address_class, asn, country, agent, agent_family, os_family,
        agent_family_served, os_family_served, insider, referrer_host, server_id, seq, verdict, reason,
        ${rules.version}, ${position}, CASE WHEN verdict <> 'pending' THEN ${position}::bigint END,
        to_timestamp(booked_hour_ms / 1000::float8), adjustment
      FROM given ORDER BY click_id
      ON CONFLICT (click_id) DO NOTHING
      RETURNING click_id, impression_id, ad_id, campaign_id, publisher_id, price_micros, clicked_at, verdict,
        reason, booked_hour, adjustment
    ), ${effectsOf(sql, place)}
    SELECT count(*)::integer AS inserted, (count(*) FILTER (WHERE verdict = 'billed'))::integer AS billed
    FROM settled`;
  return row ?? { inserted: 0, billed: 0 };
}

/** Nothing is written of what is undefined. */
function asRow({
  click,
  verdict,
  bookedHourMs,
  adjustment,
}: BookedClick): Record<string, string | number | boolean | undefined> {
  const { served } = click;
  return {
    click_id: click.clickId,
    impression_id: served?.impressionId,
    ad_id: served?.adId,
    campaign_id: served?.campaignId,
    advertiser_id: served?.advertiserId,
    publisher_id: served?.publisherId,
    placement_id: served?.placementId,
    price_micros: served?.priceMicros,
    served_at_ms: served?.servedAtMs,
    clicked_at_ms: click.clickedAtMs,
    token_state: click.token,
    token_kid: click.tokenKid,
    method: click.method,
    prefetch: click.prefetch,
    network: click.network,
    address_hash: click.addressHash,
    address_class: click.addressClass,
    asn: click.asn,
    country: click.country,
    agent: click.agent,
    agent_family: click.agentFamily,
    os_family: click.osFamily,
    agent_family_served: served?.agentFamily,
    os_family_served: served?.osFamily,
    insider: click.insider ?? false,
    referrer_host: click.referrerHost,
    server_id: click.serverId,
    seq: click.seq,
    verdict: verdict.kind,
    reason: 'reason' in verdict ? verdict.reason : undefined,
    booked_hour_ms: bookedHourMs,
    adjustment,
  };
}
