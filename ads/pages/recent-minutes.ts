import type postgres from 'postgres';

/** The clicks of one minute or one hour, by the time of the click. */
export interface PeriodStatistics {
  /** When it begins. */
  readonly atMs: number;
  readonly billed: number;
  readonly notBilled: number;
  readonly amountMicros: number;
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
  #minutes: readonly PeriodStatistics[] = [];
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
    return this.#minutes;
  }

  /** Whether something may have been overlooked that a reading at `nowMs` would find. */
  isDue(nowMs: number): boolean {
    return this.#readInPart && nowMs - this.#readAllAtMs >= MINUTE_MS;
  }
}

function floorToMinute(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

async function readMinutes(
  sql: postgres.ISql,
  id: number,
  sinceMs: number,
): Promise<readonly PeriodStatistics[]> {
  return sql<PeriodStatistics[]>`
    SELECT extract(epoch FROM date_trunc('minute', clicked_at))::float8 * 1000 AS "atMs",
      (count(*) FILTER (WHERE verdict = 'billed'))::float8 AS billed,
      (count(*) FILTER (WHERE verdict <> 'billed'))::float8 AS "notBilled",
      coalesce(sum(price_micros) FILTER (WHERE verdict = 'billed'), 0)::float8 AS "amountMicros"
    FROM click WHERE advertiser_id = ${id} AND clicked_at >= to_timestamp(${sinceMs}::float8 / 1000)
    GROUP BY 1 ORDER BY 1`;
}
