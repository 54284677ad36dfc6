import type postgres from 'postgres';
import { readEarnings, type Earnings } from '../ledger/earnings.ts';
import { byReason, chargedOf, clicksOf, CountedClicks, type Counted } from './counted-clicks.ts';
import { readRuleSets, type RuleSet } from '../ledger/rules.ts';
import { reconcileHours, type HourOfCampaign } from '../summary/hours.ts';

/** One campaign as the operator sees it. */
export interface CampaignFigures {
  readonly campaignId: number;
  readonly name: string;
  readonly advertiserId: number;
  readonly advertiser: string;
  readonly state: string;
  readonly priceMicros: number;
  readonly limitMicros: number;
  readonly spentMicros: number;
  /** Of one day; null: only the whole budget limits. */
  readonly dayLimitMicros: number | null;
  /** Null: it has no end. */
  readonly endsAtMs: number | null;
  readonly ads: number;
  readonly billed: number;
  readonly free: number;
  readonly invalid: number;
}

/** One advertiser with what it has paid in and not given to a campaign. */
export interface AdvertiserFigures {
  readonly advertiserId: number;
  readonly name: string;
  readonly walletMicros: number;
}

/** One publisher, with what its places brought. */
export interface PublisherFigures {
  readonly publisherId: number;
  readonly name: string;
  readonly state: string;
  readonly placements: readonly { readonly placementId: number; readonly name: string }[];
  readonly billed: number;
  readonly free: number;
  readonly invalid: number;
  readonly chargedMicros: number;
}

/** Clicks that were not charged, by reason: of the last day, and of all time. */
export interface ReasonFigures {
  readonly verdict: string;
  readonly reason: string;
  readonly lastDay: number;
  readonly clicks: number;
}

/** A comparison of the books as it is kept. */
export interface ComparisonFigures {
  readonly reconId: number;
  readonly madeAtMs: number;
  readonly balanced: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly differences: {
    readonly counts: Readonly<Record<string, number>>;
    readonly ids: Readonly<Record<string, readonly string[]>>;
  };
}

/** Everything that an operator's page shows, read at one moment. */
export interface OperatorFigures {
  /** When it was read: every click recorded before is in it. */
  readonly readAtMs: number;
  /** The click recorded last; null: none yet. */
  readonly newestClickId: string | null;
  readonly campaigns: readonly CampaignFigures[];
  readonly advertisers: readonly AdvertiserFigures[];
  readonly publishers: readonly PublisherFigures[];
  readonly earnings: Earnings;
  readonly reasons: readonly ReasonFigures[];
  readonly rules: readonly RuleSet[];
  /** Newest first. */
  readonly comparisons: readonly ComparisonFigures[];
}

/** Reads them in one snapshot. `counted` remembers what closed days add up to from reading to reading. */
export async function readOperatorFigures(
  sql: postgres.Sql,
  counted = new CountedClicks(),
): Promise<OperatorFigures> {
  return sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (snapshot) => {
    const [clock] = await snapshot<{ now: number; newest: string | null }[]>`
      SELECT floor(extract(epoch FROM now()) * 1000)::float8 AS now,
        (SELECT click_id FROM click ORDER BY recorded_at DESC LIMIT 1) AS newest`;
    const all = await counted.read(snapshot);
    return {
      readAtMs: clock?.now ?? 0,
      newestClickId: clock?.newest ?? null,
      campaigns: await readCampaigns(snapshot, all),
      advertisers: await readWallets(snapshot),
      publishers: await readPublishers(snapshot, all),
      earnings: await readEarnings(snapshot),
      reasons: await readReasons(snapshot, all),
      rules: await readRuleSets(snapshot),
      comparisons: await readComparisons(snapshot),
    };
  });
}

/** The books by campaign and hour, of the last two days. */
export async function readHours(sql: postgres.ISql, nowMs: number): Promise<readonly HourOfCampaign[]> {
  return reconcileHours(sql, { fromMs: nowMs - 48 * 3_600_000, untilMs: nowMs + 3_600_000 });
}

async function readCampaigns(
  sql: postgres.ISql,
  counted: readonly Counted[],
): Promise<readonly CampaignFigures[]> {
  const campaigns = await sql<Omit<CampaignFigures, 'billed' | 'free' | 'invalid'>[]>`
    SELECT campaign_id AS "campaignId", campaign.name, advertiser_id AS "advertiserId", advertiser.name AS advertiser,
      state, price_micros::float8 AS "priceMicros", limit_micros::float8 AS "limitMicros",
      spent_micros::float8 AS "spentMicros", day_limit_micros::float8 AS "dayLimitMicros",
      (extract(epoch FROM ends_at) * 1000)::float8 AS "endsAtMs",
      (SELECT count(*)::integer FROM ad WHERE ad.campaign_id = campaign.campaign_id) AS ads
    FROM campaign JOIN advertiser USING (advertiser_id) JOIN budget USING (campaign_id) ORDER BY campaign_id`;
  const of = Map.groupBy(counted, ({ campaignId }) => campaignId);
  return campaigns.map((campaign) => ({ ...campaign, ...outcomesOf(of.get(campaign.campaignId) ?? []) }));
}

function outcomesOf(counted: readonly Counted[]): { billed: number; free: number; invalid: number } {
  const [billed, free] = [clicksOf(counted, 'billed'), clicksOf(counted, 'free')];
  return { billed, free, invalid: clicksOf(counted, 'invalid') };
}

async function readWallets(sql: postgres.ISql): Promise<readonly AdvertiserFigures[]> {
  return sql<AdvertiserFigures[]>`
    SELECT advertiser_id AS "advertiserId", name,
      coalesce(credits_micros - debits_micros, 0)::float8 AS "walletMicros"
    FROM advertiser LEFT JOIN account ON account_id = 'wallet:' || advertiser_id ORDER BY advertiser_id`;
}

async function readPublishers(
  sql: postgres.ISql,
  counted: readonly Counted[],
): Promise<readonly PublisherFigures[]> {
  const publishers = await sql<Pick<PublisherFigures, 'publisherId' | 'name' | 'state' | 'placements'>[]>`
    SELECT publisher_id AS "publisherId", name, state,
      coalesce((SELECT json_agg(json_build_object('placementId', placement_id, 'name', name) ORDER BY placement_id)
                FROM placement WHERE placement.publisher_id = publisher.publisher_id), '[]') AS placements
    FROM publisher ORDER BY publisher_id`;
  const of = Map.groupBy(counted, ({ publisherId }) => publisherId);
  return publishers.map((publisher) => {
    const own = of.get(publisher.publisherId) ?? [];
    return { ...publisher, ...outcomesOf(own), chargedMicros: chargedOf(own) };
  });
}

async function readReasons(
  sql: postgres.ISql,
  counted: readonly Counted[],
): Promise<readonly ReasonFigures[]> {
  const lastDay = await sql<{ verdict: string; reason: string; clicks: number }[]>`
    SELECT verdict, reason, sum(clicks)::float8 AS clicks
    FROM stat_hour JOIN (SELECT campaign_id FROM campaign UNION ALL SELECT 0) AS known USING (campaign_id)
    WHERE reason <> '' AND hour > now() - interval '24 hours' GROUP BY verdict, reason`;
  const since = new Map(lastDay.map(({ verdict, reason, clicks }) => [`${verdict} ${reason}`, clicks]));
  return byReason(counted).map((one) => ({
    ...one,
    lastDay: since.get(`${one.verdict} ${one.reason}`) ?? 0,
  }));
}

async function readComparisons(sql: postgres.ISql): Promise<readonly ComparisonFigures[]> {
  return sql<ComparisonFigures[]>`
    SELECT recon_id::float8 AS "reconId", extract(epoch FROM made_at)::float8 * 1000 AS "madeAtMs", balanced, counts,
      differences
    FROM recon_run ORDER BY recon_id DESC LIMIT 10`;
}
