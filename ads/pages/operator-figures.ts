import type postgres from 'postgres';
import { readEarnings, type Earnings } from '../ledger/earnings.ts';
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

/** Reads them in one snapshot. */
export async function readOperatorFigures(sql: postgres.Sql): Promise<OperatorFigures> {
  return sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (snapshot) => {
    const [clock] = await snapshot<{ now: number; newest: string | null }[]>`
      SELECT floor(extract(epoch FROM now()) * 1000)::float8 AS now,
        (SELECT click_id FROM click ORDER BY recorded_at DESC LIMIT 1) AS newest`;
    return {
      readAtMs: clock?.now ?? 0,
      newestClickId: clock?.newest ?? null,
      campaigns: await readCampaigns(snapshot),
      advertisers: await readWallets(snapshot),
      publishers: await readPublishers(snapshot),
      earnings: await readEarnings(snapshot),
      reasons: await readReasons(snapshot),
      rules: await readRuleSets(snapshot),
      comparisons: await readComparisons(snapshot),
    };
  });
}

/** The books by campaign and hour, of the last two days. */
export async function readHours(sql: postgres.ISql, nowMs: number): Promise<readonly HourOfCampaign[]> {
  return reconcileHours(sql, { fromMs: nowMs - 48 * 3_600_000, untilMs: nowMs + 3_600_000 });
}

async function readCampaigns(sql: postgres.ISql): Promise<readonly CampaignFigures[]> {
  return sql<CampaignFigures[]>`
    WITH counted AS (
      SELECT campaign_id, coalesce(sum(clicks) FILTER (WHERE verdict = 'billed'), 0)::float8 AS billed,
        coalesce(sum(clicks) FILTER (WHERE verdict = 'free'), 0)::float8 AS free,
        coalesce(sum(clicks) FILTER (WHERE verdict = 'invalid'), 0)::float8 AS invalid
      FROM stat_hour GROUP BY campaign_id
    )
    SELECT campaign_id AS "campaignId", campaign.name, advertiser_id AS "advertiserId", advertiser.name AS advertiser,
      state, price_micros::float8 AS "priceMicros", limit_micros::float8 AS "limitMicros",
      spent_micros::float8 AS "spentMicros", coalesce(billed, 0) AS billed, coalesce(free, 0) AS free,
      coalesce(invalid, 0) AS invalid
    FROM campaign JOIN advertiser USING (advertiser_id) JOIN budget USING (campaign_id)
      LEFT JOIN counted USING (campaign_id) ORDER BY campaign_id`;
}

async function readWallets(sql: postgres.ISql): Promise<readonly AdvertiserFigures[]> {
  return sql<AdvertiserFigures[]>`
    SELECT advertiser_id AS "advertiserId", name,
      coalesce(credits_micros - debits_micros, 0)::float8 AS "walletMicros"
    FROM advertiser LEFT JOIN account ON account_id = 'wallet:' || advertiser_id ORDER BY advertiser_id`;
}

async function readPublishers(sql: postgres.ISql): Promise<readonly PublisherFigures[]> {
  return sql<PublisherFigures[]>`
    SELECT publisher_id AS "publisherId", name, state,
      coalesce(sum(clicks) FILTER (WHERE verdict = 'billed'), 0)::float8 AS billed,
      coalesce(sum(clicks) FILTER (WHERE verdict = 'free'), 0)::float8 AS free,
      coalesce(sum(clicks) FILTER (WHERE verdict = 'invalid'), 0)::float8 AS invalid,
      coalesce(sum(amount_micros), 0)::float8 AS "chargedMicros"
    FROM publisher LEFT JOIN stat_hour USING (publisher_id) GROUP BY publisher_id ORDER BY publisher_id`;
}

async function readReasons(sql: postgres.ISql): Promise<readonly ReasonFigures[]> {
  return sql<ReasonFigures[]>`
    SELECT verdict, reason, sum(clicks)::float8 AS clicks,
      coalesce(sum(clicks) FILTER (WHERE hour > now() - interval '24 hours'), 0)::float8 AS "lastDay"
    FROM stat_hour WHERE reason <> '' GROUP BY verdict, reason ORDER BY clicks DESC, reason`;
}

async function readComparisons(sql: postgres.ISql): Promise<readonly ComparisonFigures[]> {
  return sql<ComparisonFigures[]>`
    SELECT recon_id::float8 AS "reconId", extract(epoch FROM made_at)::float8 * 1000 AS "madeAtMs", balanced, counts,
      differences
    FROM recon_run ORDER BY recon_id DESC LIMIT 10`;
}
