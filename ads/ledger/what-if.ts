import type postgres from 'postgres';
import { decideAll, type Decided } from '../click-processor/decide.ts';
import type { CountedClick } from '../click-processor/known.ts';
import { countedClick } from '../click-processor/known.ts';
import type { Click } from '../click-processor/click.ts';
import type { Rules } from '../click-processor/rules.ts';
import { storedClicksInParts, type StoredClick } from './stored-click.ts';

/** Which stored clicks are judged again. */
export interface Period {
  readonly fromMs: number;
  /** Not included. */
  readonly untilMs: number;
}

/** A billed click that the other rules would not have billed. */
export interface Finding {
  readonly clickId: string;
  readonly campaignId: number;
  readonly reason: string;
  readonly amountMicros: number;
}

/** What other rules would have said of the stored clicks. */
export interface WhatIf {
  /** How many clicks were judged again. */
  readonly clicks: number;
  /** Billed, and invalid by these rules: what credits would give back. Clicks with a credit already are left out. */
  readonly toCredit: readonly Finding[];
  /** Invalid, and valid by these rules. Nobody is charged for them afterwards. */
  readonly wouldCount: number;
  /** How many are invalid by these rules, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** So many clicks are in memory at once. */
const AT_ONCE = 20_000;
/** The longest window a rule can ask for. */
const LONGEST_WINDOW_MS = 86_400_000;

/**
 * Judges stored clicks again by other rules, in the order in which they were clicked, as if money were no matter.
 * Writes nothing.
 */
export async function whatIf(
  sql: postgres.Sql,
  rules: Rules,
  period: Period,
  atOnce = AT_ONCE,
): Promise<WhatIf> {
  return sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', (snapshot) =>
    judgeAll(snapshot, rules, period, atOnce),
  );
}

async function judgeAll(
  sql: postgres.TransactionSql,
  rules: Rules,
  period: Period,
  atOnce: number,
): Promise<WhatIf> {
  const result = {
    clicks: 0,
    toCredit: [] as Finding[],
    wouldCount: 0,
    reasons: {} as Record<string, number>,
  };
  let counted: readonly CountedClick[] = [];
  const wanted = sql`clicked_at >= to_timestamp(${period.fromMs}::float8 / 1000)
    AND clicked_at < to_timestamp(${period.untilMs}::float8 / 1000) AND verdict <> 'pending'`;
  for await (const stored of storedClicksInParts(sql, wanted, atOnce)) {
    const decided = await judgeAgain(sql, rules, stored, concerning(stored, counted));
    await sum(sql, result, stored, decided);
    const sinceMs = (stored.at(-1)?.click.clickedAtMs ?? 0) - LONGEST_WINDOW_MS;
    counted = [...counted, ...countedOf(decided)].filter((click) => click.clickedAtMs > sinceMs);
  }
  return result;
}

/** Of the clicks that counted, those that can matter to these. */
function concerning(
  stored: readonly StoredClick[],
  counted: readonly CountedClick[],
): readonly CountedClick[] {
  const impressions = new Set(stored.map(({ click }) => click.served?.impressionId));
  const viewers = new Set(stored.map(({ click }) => click.addressHash));
  return counted.filter((click) => impressions.has(click.impressionId) || viewers.has(click.addressHash));
}

/** Money is no matter: every campaign has enough, and none is over. */
async function judgeAgain(
  sql: postgres.ISql,
  rules: Rules,
  stored: readonly StoredClick[],
  counted: readonly CountedClick[],
): Promise<readonly Decided[]> {
  const clicks = stored.map((one) => one.click);
  const campaigns = new Set(clicks.flatMap((click) => click.served?.campaignId ?? []));
  const budgets = [...campaigns].map((campaignId) => ({
    campaignId,
    active: true,
    limitMicros: Infinity,
    spentMicros: 0,
  }));
  const viewed = await readViewed(sql, clicks, rules);
  const nowMs = Math.max(...clicks.map((click) => click.clickedAtMs));
  return decideAll({ fresh: clicks }, { rules, nowMs, budgets, days: [], counted, viewed }).fresh;
}

function countedOf(decided: readonly Decided[]): readonly CountedClick[] {
  return decided.flatMap(({ click, verdict }) =>
    verdict.kind !== 'invalid' && click.served !== undefined ? [countedClick(click, click.served)] : [],
  );
}

async function sum(
  sql: postgres.ISql,
  result: { clicks: number; toCredit: Finding[]; wouldCount: number; reasons: Record<string, number> },
  stored: readonly StoredClick[],
  decided: readonly Decided[],
): Promise<void> {
  const verdicts = new Map(decided.map((one) => [one.click.clickId, one.verdict]));
  const credited = await creditedAmong(sql, stored);
  result.clicks += stored.length;
  for (const { click, verdict, reason } of stored) {
    const now = verdicts.get(click.clickId);
    // A click whose view has not come would never be billed by these rules.
    const said = now?.kind === 'pending' ? 'no-view' : now?.kind === 'invalid' ? now.reason : undefined;
    if (said !== undefined) result.reasons[said] = (result.reasons[said] ?? 0) + 1;
    if (said === undefined && verdict === 'invalid' && reason !== 'unknown-campaign') result.wouldCount += 1;
    const { served } = click;
    if (said === undefined || verdict !== 'billed' || served === undefined || credited.has(click.clickId))
      continue;
    const { campaignId, priceMicros: amountMicros } = served;
    result.toCredit.push({ clickId: click.clickId, campaignId, reason: said, amountMicros });
  }
}

async function creditedAmong(
  sql: postgres.ISql,
  stored: readonly StoredClick[],
): Promise<ReadonlySet<string>> {
  const ids = stored.filter((one) => one.verdict === 'billed').map((one) => one.click.clickId);
  const rows = await sql<
    { click_id: string }[]
  >`SELECT click_id FROM credit WHERE click_id = ANY(${ids}::uuid[])`;
  return new Set(rows.map((row) => row.click_id));
}

/** The impressions of these clicks that were seen. */
async function readViewed(
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
