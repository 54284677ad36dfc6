import type postgres from 'postgres';
import type { BookedClick } from './booked-at.ts';
import { countBilled, settleWithEffects } from './effects.ts';
import { tellsTime } from './id-time.ts';
import type { Ground } from './read-known.ts';

/** What one batch did. */
export interface Charged {
  /** Clicks that were not in the table before. */
  readonly inserted: number;
  readonly billed: number;
}

/**
 * Writes clicks that were not in the ledger when their batch was opened, with all that follows from them. Rejects, as for
 * any key that is there already, when another transaction has recorded one of them meanwhile: then all is to be done again.
 */
export async function writeDecided(
  sql: postgres.ISql,
  decided: readonly BookedClick[],
  ground: Ground,
): Promise<Charged> {
  if (decided.length === 0) return { inserted: 0, billed: 0 };
  const { position, rules } = ground;
  await noteUntimely(sql, decided, ground);
  const settle = sql`
    settled AS (
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
      FROM json_to_recordset(${JSON.stringify(inOrder(decided).map(asRow))}::text::json) AS row (
        click_id uuid, impression_id uuid, ad_id integer, campaign_id integer, advertiser_id integer,
        publisher_id integer, placement_id integer, price_micros bigint, served_at_ms bigint, clicked_at_ms bigint,
        token_state text, token_kid text, method text, prefetch boolean, network text, address_hash text,
        address_class text, asn integer, country text, agent text, agent_family text, os_family text,
        agent_family_served text, os_family_served text, insider boolean, referrer_host text, server_id text,
        seq bigint, verdict text, reason text, booked_hour_ms bigint, adjustment boolean)
      RETURNING click_id, impression_id, campaign_id, publisher_id, price_micros, verdict, booked_hour
    )`;
  await settleWithEffects(sql, settle, decided, ground);
  return { inserted: decided.length, billed: countBilled(decided) };
}

/** From the first click on that counts and whose ids do not tell its time, clicks are looked for in all months. */
async function noteUntimely(
  sql: postgres.ISql,
  decided: readonly BookedClick[],
  { idsTellTime }: Ground,
): Promise<void> {
  const isFound = ({ click, verdict }: BookedClick): boolean =>
    verdict.kind === 'invalid' || tellsTime(click);
  if (idsTellTime && !decided.every(isFound)) await sql`UPDATE books SET ids_tell_time = false`;
}

/** Whoever inserts the same clicks meets the others at the first of them. */
function inOrder(decided: readonly BookedClick[]): readonly BookedClick[] {
  return decided.toSorted((one, other) => (one.click.clickId < other.click.clickId ? -1 : 1));
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
