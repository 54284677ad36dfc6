import type postgres from 'postgres';
import type { Click, Served } from './click.ts';
import type { BookedClick } from './booked-at.ts';
import { countBilled, settleWithEffects } from './effects.ts';
import type { Overdue, View } from './entry.ts';
import type { Ground, Place } from './read-known.ts';

/** The queue in which a click waits until its view is not waited for any longer. */
export const PENDING_QUEUE = 'pending-clicks';

/** A pending click that may be decided now. */
export interface Waiting {
  readonly click: Click;
  /** Whether the ad was seen; else its view is not waited for any longer. */
  readonly isViewed: boolean;
}

/** Writes down which ads were seen, and answers the pending clicks that this, or the end of their time, decides. */
export async function takeViews(
  sql: postgres.ISql,
  views: readonly View[],
  overdue: readonly Overdue[],
  place: Place,
): Promise<readonly Waiting[]> {
  if (views.length + overdue.length === 0) return [];
  await writeViews(sql, views, place);
  return readPending(sql, views, overdue);
}

/** One that is known already changes nothing. */
async function writeViews(sql: postgres.ISql, views: readonly View[], place: Place): Promise<void> {
  if (views.length === 0) return;
  const { position, rules } = place;
  await sql`
    WITH given AS (
      SELECT DISTINCT ON ("impressionId") * FROM json_to_recordset(${JSON.stringify(views)}::text::json) AS row (
        "impressionId" uuid, "adId" integer, "campaignId" integer, "advertiserId" integer, "publisherId" integer,
        "placementId" integer, "priceMicros" bigint, "servedAtMs" bigint, "viewedAtMs" bigint, "serverId" text,
        seq bigint)
      ORDER BY "impressionId", "viewedAtMs"
    ), seen AS (
      INSERT INTO impression (impression_id, ad_id, campaign_id, advertiser_id, publisher_id, placement_id,
        price_micros, served_at, viewed_at, server_id, seq, batch)
      SELECT "impressionId", "adId", "campaignId", "advertiserId", "publisherId", "placementId", "priceMicros",
        to_timestamp("servedAtMs" / 1000::float8), to_timestamp("viewedAtMs" / 1000::float8), "serverId", seq, ${position}
      FROM given ON CONFLICT (impression_id) DO NOTHING RETURNING 1
    )
    INSERT INTO ledger_event (position, kind, body)
    SELECT ${position}, 'batch', jsonb_build_object('rules', ${rules.version}::integer) FROM seen LIMIT 1
    ON CONFLICT (position) DO NOTHING`;
}

interface PendingRow {
  readonly click_id: string;
  readonly clicked_at_ms: string;
  readonly impression_id: string;
  readonly ad_id: number;
  readonly campaign_id: number;
  readonly advertiser_id: number;
  readonly publisher_id: number;
  readonly price_micros: string;
  readonly viewed: boolean;
}

/** The pending clicks whose view has come with this batch, or is not waited for any longer. */
async function readPending(
  sql: postgres.ISql,
  views: readonly View[],
  overdue: readonly Overdue[],
): Promise<readonly Waiting[]> {
  const impressions = views.map((view) => view.impressionId);
  const clicks = overdue.map((one) => one.clickId);
  const campaigns = [...views, ...overdue].map((one) => one.campaignId);
  const rows = await sql<PendingRow[]>`
    SELECT click_id, (extract(epoch FROM clicked_at) * 1000)::bigint AS clicked_at_ms, impression_id, ad_id,
      campaign_id, advertiser_id, publisher_id, price_micros,
      EXISTS (SELECT 1 FROM impression WHERE impression.impression_id = click.impression_id) AS viewed
    FROM click
    WHERE verdict = 'pending' AND campaign_id = ANY(${campaigns}::integer[])
      AND (impression_id = ANY(${impressions}::uuid[]) OR click_id = ANY(${clicks}::uuid[]))`;
  return rows.map((row) => ({ click: pendingClick(row), isViewed: row.viewed }));
}

/** As much of a recorded click as its verdict still depends on. */
function pendingClick(row: PendingRow): Click {
  const served: Served = {
    impressionId: row.impression_id,
    adId: row.ad_id,
    campaignId: row.campaign_id,
    advertiserId: row.advertiser_id,
    publisherId: row.publisher_id,
    priceMicros: Number(row.price_micros),
    servedAtMs: 0,
  };
  const unread = { network: '', addressHash: '', agent: '', referrerHost: '', serverId: '', seq: 0 };
  return {
    ...unread,
    clickId: row.click_id,
    clickedAtMs: Number(row.clicked_at_ms),
    token: 'ok',
    served,
    method: 'GET',
    prefetch: false,
    addressClass: 'other',
  };
}

/** Gives pending clicks their verdict, with everything that follows from it; answers how many are billed. */
export async function settlePending(
  sql: postgres.ISql,
  decided: readonly BookedClick[],
  ground: Ground,
): Promise<number> {
  if (decided.length === 0) return 0;
  const { position, rules } = ground;
  const given = decided.map(({ click, verdict, bookedHourMs, adjustment }) => ({
    click_id: click.clickId,
    verdict: verdict.kind,
    reason: 'reason' in verdict ? verdict.reason : null,
    booked_hour_ms: bookedHourMs,
    adjustment,
  }));
  const settle = sql`
    given AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(given)}::text::json) AS row (
        click_id uuid, verdict text, reason text, booked_hour_ms bigint, adjustment boolean)
    ), waited AS (
      SELECT campaign_id, ad_id, publisher_id, booked_hour, click.adjustment, count(*) AS clicks
      FROM click JOIN given USING (click_id) WHERE click.verdict = 'pending' GROUP BY 1, 2, 3, 4, 5
    ), uncounted AS (
      UPDATE stat_hour SET clicks = stat_hour.clicks - waited.clicks FROM waited
      WHERE stat_hour.verdict = 'pending' AND stat_hour.hour = waited.booked_hour
        AND (stat_hour.campaign_id, stat_hour.ad_id, stat_hour.publisher_id, stat_hour.adjustment)
          = (waited.campaign_id, waited.ad_id, waited.publisher_id, waited.adjustment)
    ), settled AS (
      UPDATE click SET verdict = given.verdict, reason = given.reason, rules_version = ${rules.version},
        decided_in = ${position}, booked_hour = to_timestamp(booked_hour_ms / 1000::float8), adjustment = given.adjustment
      FROM given WHERE click.click_id = given.click_id AND click.verdict = 'pending'
      RETURNING click.click_id, impression_id, campaign_id, publisher_id, price_micros, click.verdict, booked_hour
    )`;
  await settleWithEffects(sql, settle, decided, ground);
  return countBilled(decided);
}

/** Lets each click that waits for its view be decided in any case when the time of the rules is over. */
export async function awaitViews(
  sql: postgres.ISql,
  decided: readonly BookedClick[],
  { rules }: Place,
): Promise<boolean> {
  const waiting = decided.filter(({ verdict }) => verdict.kind === 'pending');
  if (waiting.length === 0) return false;
  const bodies = waiting.map(({ click }) => ({
    schema: 1,
    type: 'click-overdue',
    clickId: click.clickId,
    campaignId: click.served?.campaignId,
  }));
  await sql`
    INSERT INTO outbox (queue, delay_seconds, body)
    SELECT ${PENDING_QUEUE}, ${Math.ceil((rules.viewWaitMs ?? 0) / 1000)}, value
    FROM jsonb_array_elements(${JSON.stringify(bodies)}::text::jsonb)`;
  return true;
}
