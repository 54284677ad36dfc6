import type postgres from 'postgres';
import type { Click } from './click.ts';
import { decide, type Budget, type CountedClick } from './decide.ts';
import { DOUBLE_CLICK_WINDOW_MS } from './rules.ts';
import { writeDecided, type Charged } from './write-decided.ts';

/**
 * Records and charges a batch of clicks in one transaction. A click that is already recorded changes nothing,
 * so the same batch may come twice, also at the same time. The budgets concerned are locked first, in order of
 * their ids: whoever holds them sees every earlier click of these campaigns, and nobody waits in a circle.
 */
export async function chargeClicks(sql: postgres.Sql, clicks: readonly Click[]): Promise<Charged> {
  const distinct = [...new Map(clicks.map((click) => [click.clickId, click])).values()];
  if (distinct.length === 0) return { inserted: 0, billed: 0 };
  return sql.begin(async (transaction) => {
    const budgets = await lockBudgets(transaction, distinct);
    const fresh = await notYetRecorded(transaction, distinct);
    const counted = await countedBefore(transaction, fresh);
    return writeDecided(transaction, decide(fresh, { budgets, counted }));
  });
}

async function lockBudgets(sql: postgres.ISql, clicks: readonly Click[]): Promise<readonly Budget[]> {
  const campaigns = [...new Set(clicks.flatMap((click) => click.served?.campaignId ?? []))];
  if (campaigns.length === 0) return [];
  const rows = await sql<{ campaign_id: number; state: string; limit: string; spent: string }[]>`
    SELECT budget.campaign_id, campaign.state, limit_micros AS limit, spent_micros AS spent
    FROM budget JOIN campaign USING (campaign_id)
    WHERE budget.campaign_id = ANY(${campaigns}::integer[])
    ORDER BY budget.campaign_id FOR UPDATE OF budget`;
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    active: row.state === 'active',
    limitMicros: Number(row.limit),
    spentMicros: Number(row.spent),
  }));
}

async function notYetRecorded(sql: postgres.ISql, clicks: readonly Click[]): Promise<readonly Click[]> {
  const ids = clicks.map((click) => click.clickId);
  const rows = await sql<{ click_id: string }[]>`
    SELECT click_id FROM click WHERE click_id = ANY(${ids}::uuid[])`;
  const recorded = new Set(rows.map((row) => row.click_id));
  return clicks.filter((click) => !recorded.has(click.clickId));
}

interface CountedRow {
  readonly impression_id: string;
  readonly ad_id: number;
  readonly address_hash: string;
  readonly agent: string;
  readonly clicked_at_ms: string;
}

async function countedBefore(sql: postgres.ISql, clicks: readonly Click[]): Promise<readonly CountedClick[]> {
  const served = clicks.flatMap((click) => (click.served ? [{ click, served: click.served }] : []));
  if (served.length === 0) return [];
  const impressions = served.map((one) => one.served.impressionId);
  const ads = served.map((one) => one.served.adId);
  const hashes = served.map((one) => one.click.addressHash);
  const times = served.map((one) => one.click.clickedAtMs);
  const rows = await sql<CountedRow[]>`
    WITH found AS (
      SELECT click_id FROM click
      WHERE verdict <> 'invalid' AND impression_id = ANY(${impressions}::uuid[])
      UNION
      SELECT click.click_id
      FROM unnest(${ads}::integer[], ${hashes}::text[], ${times}::bigint[]) AS asked (ad_id, hash, at_ms)
      JOIN click ON verdict <> 'invalid' AND click.ad_id = asked.ad_id AND address_hash = hash
        AND clicked_at BETWEEN to_timestamp((at_ms - ${DOUBLE_CLICK_WINDOW_MS}::bigint) / 1000.0)
                           AND to_timestamp((at_ms + ${DOUBLE_CLICK_WINDOW_MS}::bigint) / 1000.0)
    )
    SELECT impression_id, ad_id, address_hash, agent,
           round(extract(epoch FROM clicked_at) * 1000)::bigint AS clicked_at_ms
    FROM found JOIN click USING (click_id)`;
  return rows.map((row) => ({
    impressionId: row.impression_id,
    adId: row.ad_id,
    addressHash: row.address_hash,
    agent: row.agent,
    clickedAtMs: Number(row.clicked_at_ms),
  }));
}
