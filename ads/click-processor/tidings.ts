import type postgres from 'postgres';
import type { Budget, BudgetDay } from './known.ts';
import { dayOf } from './memory.ts';
import type { Told } from './standing.ts';

/** Where the alerts hear how a campaign stands. */
export const FIGURES_QUEUE = 'campaign-figures';

/** What others are to be told of a campaign. */
export interface Tiding {
  readonly campaignId: number;
  readonly advertiserId: number;
  readonly stopped: boolean;
  /** Whether that is news to the ad servers. */
  readonly isNews: boolean;
  readonly reason: StopReason | undefined;
  /** When a day's budget is whole again. */
  readonly until: string | undefined;
  /** Whether its figures are due. */
  readonly figures: boolean;
}

type StopReason = 'exhausted' | 'day-exhausted' | 'paused' | 'ended';

/** How a campaign stood, as others were told last. */
interface Before {
  readonly budgets: readonly (Budget & Told)[];
  readonly nowMs: number;
}

/** How the money stands now. */
interface After {
  readonly budgets: readonly Budget[];
  readonly days: readonly BudgetDay[];
}

/** Figures of one campaign are told this often at most, unless they are special. */
const FIGURES_EVERY_MS = 5000;
/** Parts of the budget whose crossing is told at once. */
const MARKS = [0.8, 0.95];
const DAY_MS = 86_400_000;

/** What is to be told now; the caller holds the budgets. Pure. */
export function tidingsOf(before: Before, after: After): readonly Tiding[] {
  return before.budgets
    .map((told): Tiding => {
      const now = after.budgets.find(({ campaignId }) => campaignId === told.campaignId) ?? told;
      const reason = whyStopped(now, told.priceMicros, after.days, before.nowMs);
      const stopped = reason !== undefined;
      const isNews = stopped !== told.stopped;
      const isDue = before.nowMs - told.toldAtMs >= FIGURES_EVERY_MS;
      return {
        campaignId: told.campaignId,
        advertiserId: told.advertiserId,
        stopped,
        isNews,
        reason,
        until: reason === 'day-exhausted' ? nextDay(before.nowMs) : undefined,
        figures: isNews || isDue || MARKS.some((mark) => hasPassed(mark, told, now)),
      };
    })
    .filter(({ isNews, figures }) => isNews || figures);
}

/** A campaign that cannot afford its next click is as good as exhausted. */
function whyStopped(
  budget: Budget,
  priceMicros: number,
  days: readonly BudgetDay[],
  nowMs: number,
): StopReason | undefined {
  if (!budget.active) return 'paused';
  if (budget.endsAtMs !== undefined && nowMs >= budget.endsAtMs) return 'ended';
  if (budget.spentMicros + priceMicros > budget.limitMicros) return 'exhausted';
  const today = dayOf(nowMs);
  const spentToday =
    days.find(({ campaignId, day }) => campaignId === budget.campaignId && day === today)?.spentMicros ?? 0;
  return spentToday + priceMicros > (budget.dayLimitMicros ?? Infinity) ? 'day-exhausted' : undefined;
}

function nextDay(nowMs: number): string {
  return new Date((Math.floor(nowMs / DAY_MS) + 1) * DAY_MS).toISOString();
}

function hasPassed(mark: number, before: Budget, now: Budget): boolean {
  return before.spentMicros < mark * before.limitMicros && now.spentMicros >= mark * now.limitMicros;
}

/** Writes tidings into the outbox, with the figures as the transaction sees them. */
export async function writeTidings(
  sql: postgres.ISql,
  tidings: readonly Tiding[],
  position: number,
): Promise<void> {
  await sql`
    WITH tiding AS (
      SELECT *, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
      FROM jsonb_to_recordset(${JSON.stringify(tidings)}::text::jsonb) AS row ("campaignId" integer,
        "advertiserId" integer, stopped boolean, "isNews" boolean, reason text, until text, figures boolean)
    ), noted AS (
      UPDATE budget SET stopped = tiding.stopped,
        told_at = CASE WHEN figures THEN clock_timestamp() ELSE told_at END
      FROM tiding WHERE campaign_id = "campaignId"
    ), changes AS (
      INSERT INTO outbox (queue, body)
      SELECT queue, jsonb_strip_nulls(jsonb_build_object(
        'type', CASE WHEN stopped THEN 'campaign-stopped' ELSE 'campaign-resumed' END, 'campaignId', "campaignId",
        'position', ${position}::bigint, 'at', at, 'reason', reason, 'until', until))
      FROM tiding CROSS JOIN campaign_subscriber WHERE "isNews"
    ), clicks AS (
      SELECT "campaignId", date_trunc('hour', now(), 'UTC') = hour AS is_now, verdict, reason_of, sum(clicks) AS clicks,
        count(DISTINCT hour) AS hours
      FROM tiding JOIN LATERAL (
        SELECT hour, verdict, reason AS reason_of, clicks FROM stat_hour
        WHERE campaign_id = "campaignId" AND hour > date_trunc('hour', now(), 'UTC') - interval '25 hours'
          AND hour <= now()) AS part ON figures
      GROUP BY GROUPING SETS (("campaignId", is_now, verdict, reason_of), ("campaignId", is_now))
    )
    INSERT INTO outbox (queue, body)
    SELECT ${FIGURES_QUEUE}, jsonb_build_object('schema', 1, 'type', 'campaign-figures', 'campaignId', "campaignId",
      'advertiserId', "advertiserId", 'at', at, 'stopped', tiding.stopped, 'limitMicros', limit_micros,
      'spentMicros', spent_micros,
      'hour', (SELECT coalesce(jsonb_object_agg(verdict || CASE WHEN reason_of = '' THEN '' ELSE ':' || reason_of END, clicks), '{}')
               FROM clicks WHERE clicks."campaignId" = tiding."campaignId" AND is_now AND verdict IS NOT NULL),
      'usual', jsonb_build_object(
        'hours', (SELECT coalesce(max(hours), 0) FROM clicks
                  WHERE clicks."campaignId" = tiding."campaignId" AND NOT is_now AND verdict IS NULL),
        'clicks', (SELECT coalesce(sum(clicks), 0) FROM clicks
                   WHERE clicks."campaignId" = tiding."campaignId" AND NOT is_now AND verdict IS NOT NULL),
        'invalid', (SELECT coalesce(sum(clicks), 0) FROM clicks
                    WHERE clicks."campaignId" = tiding."campaignId" AND NOT is_now AND verdict = 'invalid')))
    FROM tiding JOIN budget ON campaign_id = "campaignId" WHERE figures`;
}
