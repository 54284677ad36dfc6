import type postgres from 'postgres';
import { byReason, chargedOf, clicksOf, CountedClicks, type Counted } from './counted-clicks.ts';
import { RecentMinutes, type PeriodStatistics } from './recent-minutes.ts';

/** One campaign as its advertiser sees it. */
export interface CampaignStatistics {
  readonly campaignId: number;
  readonly name: string;
  readonly state: string;
  readonly limitMicros: number;
  /** What was charged without what was given back. */
  readonly spentMicros: number;
  readonly creditedMicros: number;
  readonly priceMicros: number;
  /** Of one day (UTC); null: none. */
  readonly dayLimitMicros: number | null;
  readonly daySpentMicros: number;
  /** When the budget cannot pay one more click, if it goes on as in the last quarter of an hour; null: it does not go on. */
  readonly runsOutAtMs: number | null;
  readonly billed: number;
  readonly free: number;
  readonly invalid: number;
  /** Waiting for the view of their impression. */
  readonly pending: number;
}

/** Clicks that cost nothing, by the reason for it. */
export interface ReasonCount {
  readonly reason: string;
  readonly clicks: number;
}

/** The same by hours. */
export interface ReasonHour extends ReasonCount {
  readonly atMs: number;
}

/** One click with what became of it. */
export interface ClickReceipt {
  readonly clickId: string;
  readonly clickedAtMs: number;
  readonly campaignId: number;
  readonly verdict: string;
  readonly reason: string | null;
  readonly amountMicros: number;
}

/** Everything that an advertiser's page shows, read at one moment. */
export interface AdvertiserStatistics {
  readonly advertiser: string;
  /** When it was read: every click recorded before is in it. */
  readonly readAtMs: number;
  readonly campaigns: readonly CampaignStatistics[];
  readonly reasons: readonly ReasonCount[];
  /** Of the last two days. */
  readonly reasonHours: readonly ReasonHour[];
  /** Every click recorded before is in the minutes; of later ones those that came at once. */
  readonly minutesCompleteAtMs: number;
  /** Of the last hour; minutes without clicks are absent. */
  readonly minutes: readonly PeriodStatistics[];
  /** Of the last two days; hours without clicks are absent. */
  readonly hours: readonly PeriodStatistics[];
  readonly latest: readonly ClickReceipt[];
}

/** What is remembered from reading to reading, so that a click is not counted again each time. */
export interface Remembered {
  readonly recent: RecentMinutes;
  readonly counted: CountedClicks;
}

/** Nothing has been read yet. */
export function nothingRemembered(id: number): Remembered {
  return { recent: new RecentMinutes(), counted: new CountedClicks(id) };
}

/** Reads the statistics of one advertiser in one snapshot; undefined if there is no such advertiser. */
export async function readStatistics(
  sql: postgres.Sql,
  id: number,
  { recent, counted }: Remembered = nothingRemembered(id),
): Promise<AdvertiserStatistics | undefined> {
  return sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (snapshot) => {
    const [advertiser] = await snapshot<{ name: string; now: number }[]>`
      SELECT name, extract(epoch FROM now())::float8 * 1000 AS now FROM advertiser WHERE advertiser_id = ${id}`;
    if (advertiser === undefined) return undefined;
    const [minutes, all, campaigns, reasonHours, hours, latest] = await Promise.all([
      recent.read(snapshot, id, advertiser.now),
      counted.read(snapshot),
      readCampaigns(snapshot, id),
      readReasonHours(snapshot, id),
      readHours(snapshot, id),
      readLatest(snapshot, id),
    ]);
    return {
      advertiser: advertiser.name,
      readAtMs: Math.floor(advertiser.now),
      minutesCompleteAtMs: Math.floor(recent.completeAtMs),
      campaigns: withCounts(campaigns, all).map((campaign) => ({
        ...campaign,
        runsOutAtMs: runsOut(
          campaign,
          recent.paceMicrosPerMs(campaign.campaignId, advertiser.now),
          advertiser.now,
        ),
      })),
      reasons: byReason(all).map(({ reason, clicks }) => ({ reason, clicks })),
      ...{ reasonHours, minutes, hours, latest },
    };
  });
}

/** Names of all advertisers, or of the only one that may be seen, by their numbers. */
export async function readAdvertisers(
  sql: postgres.Sql,
  only?: number,
): Promise<readonly { id: number; name: string }[]> {
  return sql<{ id: number; name: string }[]>`
    SELECT advertiser_id AS id, name FROM advertiser
    WHERE ${only ?? null}::integer IS NULL OR advertiser_id = ${only ?? null} ORDER BY advertiser_id`;
}

/** Null where nothing is spent, or not within a time that means anything. */
function runsOut(campaign: CountedCampaign, microsPerMs: number, nowMs: number): number | null {
  const leftMicros = campaign.limitMicros - campaign.spentMicros;
  if (leftMicros < campaign.priceMicros) return Math.floor(nowMs);
  if (campaign.state !== 'active' || microsPerMs === 0) return null;
  const inMs = leftMicros / microsPerMs;
  return inMs > YEAR_MS ? null : Math.floor(nowMs + inMs);
}

const YEAR_MS = 365 * 86_400_000;

type CountedCampaign = Omit<CampaignStatistics, 'runsOutAtMs'>;
type KeptCampaign = Omit<CountedCampaign, 'creditedMicros' | 'billed' | 'free' | 'invalid' | 'pending'>;

function withCounts(
  campaigns: readonly KeptCampaign[],
  counted: readonly Counted[],
): readonly CountedCampaign[] {
  const of = Map.groupBy(counted, ({ campaignId }) => campaignId);
  return campaigns.map((campaign) => {
    const own = of.get(campaign.campaignId) ?? [];
    const [billed, free] = [clicksOf(own, 'billed'), clicksOf(own, 'free')];
    const [invalid, pending] = [clicksOf(own, 'invalid'), clicksOf(own, 'pending')];
    // What was charged and is not spent has been given back.
    return {
      ...campaign,
      creditedMicros: chargedOf(own) - campaign.spentMicros,
      billed,
      free,
      invalid,
      pending,
    };
  });
}

async function readCampaigns(sql: postgres.ISql, id: number): Promise<readonly KeptCampaign[]> {
  return sql<KeptCampaign[]>`
    SELECT campaign_id AS "campaignId", name, state, limit_micros::float8 AS "limitMicros",
      budget.spent_micros::float8 AS "spentMicros", price_micros::float8 AS "priceMicros",
      campaign.day_limit_micros::float8 AS "dayLimitMicros",
      coalesce(budget_day.spent_micros, 0)::float8 AS "daySpentMicros"
    FROM campaign JOIN budget USING (campaign_id)
      LEFT JOIN (SELECT campaign_id, spent_micros FROM budget_day
                 WHERE day = (now() AT TIME ZONE 'UTC')::date) AS budget_day USING (campaign_id)
    WHERE advertiser_id = ${id} ORDER BY campaign_id`;
}

async function readReasonHours(sql: postgres.ISql, id: number): Promise<readonly ReasonHour[]> {
  return sql<ReasonHour[]>`
    SELECT extract(epoch FROM hour)::float8 * 1000 AS "atMs", reason, sum(clicks)::float8 AS clicks
    FROM stat_hour JOIN campaign USING (campaign_id)
    WHERE advertiser_id = ${id} AND reason <> '' AND hour > now() - interval '48 hours'
    GROUP BY hour, reason ORDER BY hour, reason`;
}

async function readHours(sql: postgres.ISql, id: number): Promise<readonly PeriodStatistics[]> {
  return sql<PeriodStatistics[]>`
    SELECT extract(epoch FROM hour)::float8 * 1000 AS "atMs",
      coalesce(sum(clicks) FILTER (WHERE verdict = 'billed'), 0)::float8 AS billed,
      coalesce(sum(clicks) FILTER (WHERE verdict <> 'billed'), 0)::float8 AS "notBilled",
      sum(amount_micros)::float8 AS "amountMicros"
    FROM stat_hour JOIN campaign USING (campaign_id)
    WHERE advertiser_id = ${id} AND hour > now() - interval '48 hours' GROUP BY hour ORDER BY hour`;
}

async function readLatest(sql: postgres.ISql, id: number): Promise<readonly ClickReceipt[]> {
  return sql<ClickReceipt[]>`
    SELECT click_id AS "clickId", extract(epoch FROM clicked_at)::float8 * 1000 AS "clickedAtMs",
      campaign_id AS "campaignId", verdict, reason,
      CASE WHEN verdict = 'billed' THEN price_micros ELSE 0 END::float8 AS "amountMicros"
    FROM click WHERE advertiser_id = ${id} ORDER BY clicked_at DESC, click_id DESC LIMIT 12`;
}
