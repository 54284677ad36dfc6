import type postgres from 'postgres';
import type { Click } from './click.ts';
import type { Budget, BudgetDay, CountedClick } from './known.ts';
import { shareBooks } from './locks.ts';
import { parseRules, type Rules } from './rules.ts';

/** Where a batch stands among all changes of the ledger, and what holds there. */
export interface Place {
  readonly position: number;
  readonly nowMs: number;
  /** The last closed day, such as 2026-01-31. */
  readonly closedThrough: string | undefined;
  readonly rules: Rules;
}

/** What a batch finds when it holds its locks. */
export interface Ground extends Place {
  readonly budgets: readonly (Budget & Told)[];
  readonly days: readonly BudgetDay[];
}

/** Which campaigns and days a batch may charge. */
export interface Concern {
  readonly campaigns: readonly number[];
  readonly days: readonly string[];
}

/** What a campaign's ad servers and alerts were told last. */
export interface Told {
  readonly advertiserId: number;
  readonly priceMicros: number;
  readonly stopped: boolean;
  readonly toldAtMs: number;
}

/**
 * Locks the budgets concerned, in the order of their ids: whoever holds them sees every earlier click of these
 * campaigns, and nobody waits in a circle. All questions travel together; each sees what was committed before the locks.
 */
export async function lockGround(
  sql: postgres.ISql,
  { campaigns, days }: Concern,
  place: Place | undefined,
): Promise<Ground> {
  // A query starts when it is awaited; these two must have started before the ones that follow.
  const locked = [shareBooks(sql).execute(), lockBudgets(sql, campaigns).execute()];
  const [budgets, spentOfDays, found] = await Promise.all([
    readBudgets(sql, campaigns),
    readDays(sql, campaigns, days),
    place ?? readPlace(sql),
    ...locked,
  ]);
  return { ...found, budgets, days: spentOfDays };
}

function lockBudgets(
  sql: postgres.ISql,
  campaigns: readonly number[],
): postgres.PendingQuery<postgres.Row[]> {
  return sql`
    SELECT 1 FROM budget WHERE campaign_id = ANY(${campaigns as number[]}::integer[])
    ORDER BY campaign_id FOR UPDATE`;
}

interface BudgetRow {
  readonly campaign_id: number;
  readonly advertiser_id: number;
  readonly state: string;
  readonly price: string;
  readonly ends_at_ms: string | null;
  readonly day_limit: string | null;
  readonly limit: string;
  readonly spent: string;
  readonly stopped: boolean;
  readonly told_at_ms: string | null;
}

/** Settings and money of campaigns. */
export async function readBudgets(
  sql: postgres.ISql,
  campaigns: readonly number[],
): Promise<readonly (Budget & Told)[]> {
  const rows = await sql<BudgetRow[]>`
    SELECT campaign_id, advertiser_id, state, price_micros AS price, day_limit_micros AS day_limit,
      (extract(epoch FROM ends_at) * 1000)::bigint AS ends_at_ms, limit_micros AS limit, spent_micros AS spent,
      stopped, (extract(epoch FROM told_at) * 1000)::bigint AS told_at_ms
    FROM budget JOIN campaign USING (campaign_id) WHERE campaign_id = ANY(${campaigns as number[]}::integer[])`;
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    advertiserId: row.advertiser_id,
    active: row.state === 'active',
    ...(row.ends_at_ms === null ? {} : { endsAtMs: Number(row.ends_at_ms) }),
    limitMicros: Number(row.limit),
    spentMicros: Number(row.spent),
    ...(row.day_limit === null ? {} : { dayLimitMicros: Number(row.day_limit) }),
    priceMicros: Number(row.price),
    stopped: row.stopped,
    toldAtMs: Number(row.told_at_ms ?? 0),
  }));
}

/** What campaigns spent on some days, and today. */
export async function readDays(
  sql: postgres.ISql,
  campaigns: readonly number[],
  days: readonly string[],
): Promise<readonly BudgetDay[]> {
  const rows = await sql<{ campaign_id: number; day: string; spent: string }[]>`
    SELECT campaign_id, day::text AS day, spent_micros AS spent FROM budget_day
    WHERE campaign_id = ANY(${campaigns as number[]}::integer[]) AND (day = ANY(${days as string[]}::date[]) OR day = (now() AT TIME ZONE 'UTC')::date)`;
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    day: row.day,
    spentMicros: Number(row.spent),
  }));
}

interface PlaceRow {
  readonly position: string;
  readonly now_ms: string;
  readonly closed_through: string | null;
  readonly version: number;
  readonly definition: unknown;
}

async function readPlace(sql: postgres.ISql): Promise<Place> {
  const [row] = await sql<PlaceRow[]>`
    SELECT nextval('ledger_position') AS position, floor(extract(epoch FROM now()) * 1000)::bigint AS now_ms,
      closed_through::text AS closed_through, version, definition
    FROM books CROSS JOIN (
      SELECT version, definition FROM rule_set WHERE active_from <= now()
      ORDER BY active_from DESC, version DESC LIMIT 1) AS rules`;
  if (row === undefined) throw new Error('The ledger has no rules that are in force.');
  return {
    position: Number(row.position),
    nowMs: Number(row.now_ms),
    closedThrough: row.closed_through ?? undefined,
    rules: parseRules(row.version, row.definition),
  };
}

/** The clicks that are not in the ledger yet. */
export async function notYetRecorded(
  sql: postgres.ISql,
  clicks: readonly Click[],
): Promise<readonly Click[]> {
  const ids = clicks.map((click) => click.clickId);
  const rows = await sql<{ click_id: string }[]>`
    SELECT click_id FROM click WHERE click_id = ANY(${ids}::uuid[])`;
  const recorded = new Set(rows.map((row) => row.click_id));
  return clicks.filter((click) => !recorded.has(click.clickId));
}

/** The impressions of these clicks that were seen. */
export async function readViewed(
  sql: postgres.ISql,
  clicks: readonly Click[],
  { viewWaitMs }: Rules,
): Promise<ReadonlySet<string>> {
  const ids = clicks.flatMap((click) => click.served?.impressionId ?? []);
  if (viewWaitMs === undefined || ids.length === 0) return new Set();
  const rows = await sql<{ impression_id: string }[]>`
    SELECT impression_id FROM impression WHERE impression_id = ANY(${ids}::uuid[])`;
  return new Set(rows.map((row) => row.impression_id));
}

interface CountedRow {
  readonly impression_id: string;
  readonly ad_id: number;
  readonly campaign_id: number;
  readonly address_hash: string;
  readonly agent: string;
  readonly clicked_at_ms: string;
}

/** The counted clicks that share an impression or, within the longest window of the rules, an address with these. */
export async function countedBefore(
  sql: postgres.ISql,
  clicks: readonly Click[],
  { doubleClickWindowMs, viewerRates }: Rules,
): Promise<readonly CountedClick[]> {
  const served = clicks.flatMap((click) => (click.served ? [{ click, served: click.served }] : []));
  if (served.length === 0) return [];
  const windowMs = Math.max(doubleClickWindowMs, ...viewerRates.map((rate) => rate.windowMs));
  const impressions = served.map((one) => one.served.impressionId);
  const hashes = served.map((one) => one.click.addressHash);
  const times = served.map((one) => one.click.clickedAtMs);
  const rows = await sql<CountedRow[]>`
    WITH found AS (
      SELECT click_id FROM click
      WHERE verdict <> 'invalid' AND impression_id = ANY(${impressions}::uuid[])
      UNION
      SELECT click.click_id
      FROM unnest(${hashes}::text[], ${times}::bigint[]) AS asked (hash, at_ms)
      JOIN click ON verdict <> 'invalid' AND address_hash = hash
        AND clicked_at BETWEEN to_timestamp((at_ms - ${windowMs}::bigint) / 1000.0)
                           AND to_timestamp((at_ms + ${windowMs}::bigint) / 1000.0)
    )
    SELECT impression_id, ad_id, campaign_id, address_hash, agent,
           round(extract(epoch FROM clicked_at) * 1000)::bigint AS clicked_at_ms
    FROM found JOIN click USING (click_id)`;
  return rows.map((row) => ({
    impressionId: row.impression_id,
    adId: row.ad_id,
    campaignId: row.campaign_id,
    addressHash: row.address_hash,
    agent: row.agent,
    clickedAtMs: Number(row.clicked_at_ms),
  }));
}
