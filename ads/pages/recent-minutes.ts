import type postgres from 'postgres';

/** The clicks of one minute or one hour, by the time of the click. */
export interface PeriodStatistics {
  /** When it begins. */
  readonly atMs: number;
  readonly billed: number;
  readonly notBilled: number;
  readonly amountMicros: number;
}

/** The clicks of one campaign in one minute. */
interface CampaignMinute extends PeriodStatistics {
  readonly campaignId: number;
}

const MINUTE_MS = 60_000;
const KEPT_MS = 60 * MINUTE_MS;
/** Clicks that are recorded later than this are seen when all minutes are read again. */
const UNSETTLED_MS = 2 * MINUTE_MS;

/**
 * The last hour of one advertiser by minutes. All of it is read once a minute; in between only the last minutes,
 * which are the ones that still change.
 */
export class RecentMinutes {
  #minutes: readonly CampaignMinute[] = [];
  #readAllAtMs = Number.NEGATIVE_INFINITY;
  #readInPart = false;

  /** The minutes as `snapshot` shows them at `nowMs`, which is the database's time. */
  async read(snapshot: postgres.ISql, id: number, nowMs: number): Promise<readonly PeriodStatistics[]> {
    const all = nowMs - this.#readAllAtMs >= MINUTE_MS;
    const sinceMs = floorToMinute(nowMs - (all ? KEPT_MS : UNSETTLED_MS));
    const fresh = await readMinutes(snapshot, id, sinceMs);
    const oldestMs = floorToMinute(nowMs - KEPT_MS);
    const settled = this.#minutes.filter(({ atMs }) => atMs >= oldestMs && atMs < sinceMs);
    this.#minutes = [...settled, ...fresh];
    if (all) this.#readAllAtMs = nowMs;
    this.#readInPart = !all;
    return [...Map.groupBy(this.#minutes, ({ atMs }) => atMs)].map(([atMs, some]) => summed(atMs, some));
  }

  /** What a campaign spent in a millisecond, on the average of the quarter of an hour before `nowMs`; of what was read. */
  paceMicrosPerMs(campaignId: number, nowMs: number): number {
    const sinceMs = floorToMinute(nowMs - PACE_MS);
    const micros = this.#minutes
      .filter((minute) => minute.campaignId === campaignId && minute.atMs >= sinceMs)
      .reduce((total, minute) => total + minute.amountMicros, 0);
    return micros / (nowMs - sinceMs);
  }

  /** Whether something may have been overlooked that a reading at `nowMs` would find. */
  isDue(nowMs: number): boolean {
    return this.#readInPart && nowMs - this.#readAllAtMs >= MINUTE_MS;
  }
}

const PACE_MS = 15 * MINUTE_MS;

function summed(atMs: number, some: readonly CampaignMinute[]): PeriodStatistics {
  const sum = (pick: (minute: CampaignMinute) => number): number =>
    some.reduce((total, minute) => total + pick(minute), 0);
  return {
    atMs,
    billed: sum((minute) => minute.billed),
    notBilled: sum((minute) => minute.notBilled),
    amountMicros: sum((minute) => minute.amountMicros),
  };
}

function floorToMinute(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

async function readMinutes(
  sql: postgres.ISql,
  id: number,
  sinceMs: number,
): Promise<readonly CampaignMinute[]> {
  return sql<CampaignMinute[]>`
    SELECT extract(epoch FROM date_trunc('minute', clicked_at))::float8 * 1000 AS "atMs",
      campaign_id AS "campaignId",
      (count(*) FILTER (WHERE verdict = 'billed'))::float8 AS billed,
      (count(*) FILTER (WHERE verdict <> 'billed'))::float8 AS "notBilled",
      coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0)::float8 AS "amountMicros"
    FROM click WHERE advertiser_id = ${id} AND clicked_at >= to_timestamp(${sinceMs}::float8 / 1000)
    GROUP BY 1, 2 ORDER BY 1, 2`;
}
