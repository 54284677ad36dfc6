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
const UNSETTLED_MS = 20_000;
/** While clicks come, the last minutes are counted again this often at most. */
const COUNT_EVERY_MS = 1000;

/**
 * The last hour of one advertiser by minutes. All of it is read once a minute; in between only the last minutes,
 * which are the ones that still change, and those once a second.
 */
export class RecentMinutes {
  #minutes: readonly CampaignMinute[] = [];
  #readAllAtMs = Number.NEGATIVE_INFINITY;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #readInPart = false;
  #isSkipped = false;

  /** Every click that was recorded before this time is in the minutes, however late it came. */
  get completeAtMs(): number {
    return this.#readAllAtMs;
  }

  /** The minutes as `snapshot` shows them at `nowMs`, which is the database's time. */
  async read(snapshot: postgres.ISql, id: number, nowMs: number): Promise<readonly PeriodStatistics[]> {
    this.#isSkipped = nowMs - this.#readAtMs < COUNT_EVERY_MS;
    if (!this.#isSkipped) await this.#count(snapshot, id, nowMs);
    return [...Map.groupBy(this.#minutes, ({ atMs }) => atMs)].map(([atMs, some]) => summed(atMs, some));
  }

  async #count(snapshot: postgres.ISql, id: number, nowMs: number): Promise<void> {
    const all = nowMs - this.#readAllAtMs >= MINUTE_MS;
    const sinceMs = floorToMinute(nowMs - (all ? KEPT_MS : UNSETTLED_MS));
    const fresh = await readMinutes(snapshot, id, sinceMs);
    const oldestMs = floorToMinute(nowMs - KEPT_MS);
    const settled = this.#minutes.filter(({ atMs }) => atMs >= oldestMs && atMs < sinceMs);
    this.#minutes = [...settled, ...fresh];
    this.#readAtMs = nowMs;
    if (all) this.#readAllAtMs = nowMs;
    this.#readInPart = !all;
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
    return this.#isSkipped || (this.#readInPart && nowMs - this.#readAllAtMs >= MINUTE_MS);
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
