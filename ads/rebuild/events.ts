import type postgres from 'postgres';
import type { Overdue, View } from '../click-processor/entry.ts';
import { readStoredClicks, type StoredClick } from '../ledger/stored-click.ts';

/** One change of the ledger, as it was noted. */
export interface NotedEvent {
  readonly position: number;
  readonly kind: 'batch' | 'money' | 'campaign' | 'rules' | 'close' | 'credit';
  readonly campaignId: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly recordedAtMs: number;
}

/** What came with the batches between two positions. */
export interface Arrivals {
  readonly clicks: ReadonlyMap<number, readonly StoredClick[]>;
  readonly views: ReadonlyMap<number, readonly View[]>;
  /** Clicks that came earlier and were decided in this batch. */
  readonly overdue: ReadonlyMap<number, readonly Overdue[]>;
}

const AT_ONCE = 2000;
/** Clicks and views that are in memory at once. */
const ARRIVALS_AT_ONCE = 20_000;

/** All changes in their order, some at a time: as many as bring so many clicks and views together, or one alone. */
export async function* eventsOf(sql: postgres.Sql): AsyncGenerator<readonly NotedEvent[]> {
  for (let after = 0; ;) {
    const rows = await sql<EventRow[]>`
      SELECT position, kind, campaign_id, body, floor(extract(epoch FROM recorded_at) * 1000)::bigint AS at_ms
      FROM ledger_event WHERE position > ${after} ORDER BY position LIMIT ${AT_ONCE}`;
    const last = rows.at(-1);
    if (last === undefined) return;
    const events = rows.map((row) => ({
      position: Number(row.position),
      kind: row.kind,
      campaignId: row.campaign_id ?? undefined,
      body: row.body,
      recordedAtMs: Number(row.at_ms),
    }));
    yield* portionsOf(events, await countArrivals(sql, after + 1, Number(last.position)), ARRIVALS_AT_ONCE);
    after = Number(last.position);
  }
}

/** Divides changes into portions that bring at most `most` arrivals each, or are one change. */
export function* portionsOf(
  events: readonly NotedEvent[],
  arrivals: ReadonlyMap<number, number>,
  most: number,
): Generator<readonly NotedEvent[]> {
  let [portion, sum]: [NotedEvent[], number] = [[], 0];
  for (const event of events) {
    const own = arrivals.get(event.position) ?? 0;
    if (portion.length > 0 && sum + own > most) {
      yield portion;
      [portion, sum] = [[], 0];
    }
    portion.push(event);
    sum += own;
  }
  if (portion.length > 0) yield portion;
}

async function countArrivals(
  sql: postgres.Sql,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await sql<{ batch: string; arrivals: number }[]>`
    SELECT batch, count(*)::integer AS arrivals
    FROM (SELECT batch FROM click WHERE batch BETWEEN ${first} AND ${last}
          UNION ALL SELECT batch FROM impression WHERE batch BETWEEN ${first} AND ${last}) AS arrived
    GROUP BY batch`;
  return new Map(rows.map(({ batch, arrivals }) => [Number(batch), arrivals]));
}

interface EventRow {
  readonly position: string;
  readonly kind: NotedEvent['kind'];
  readonly campaign_id: number | null;
  readonly body: Record<string, unknown>;
  readonly at_ms: string;
}

/** What came with the batches from `first` to `last`. */
export async function arrivalsBetween(sql: postgres.Sql, first: number, last: number): Promise<Arrivals> {
  const clicks = await readStoredClicks(sql, sql`batch BETWEEN ${first} AND ${last}`);
  const late = await readStoredClicks(
    sql,
    sql`decided_in BETWEEN ${first} AND ${last} AND decided_in <> batch`,
  );
  const views = await sql<(ViewRow & { batch: string })[]>`
    SELECT impression_id AS "impressionId", ad_id AS "adId", campaign_id AS "campaignId",
      advertiser_id AS "advertiserId", publisher_id AS "publisherId", placement_id AS "placementId",
      price_micros::float8 AS "priceMicros", round(extract(epoch FROM served_at) * 1000)::float8 AS "servedAtMs",
      round(extract(epoch FROM viewed_at) * 1000)::float8 AS "viewedAtMs", server_id AS "serverId",
      seq::float8 AS seq, batch
    FROM impression WHERE batch BETWEEN ${first} AND ${last} ORDER BY impression_id`;
  return {
    clicks: Map.groupBy(clicks, (one) => one.batch),
    overdue: grouped(
      late.map(({ click, decidedIn = 0 }) => [
        decidedIn,
        { clickId: click.clickId, campaignId: click.served?.campaignId ?? 0 },
      ]),
    ),
    views: grouped(
      views.map(({ batch, placementId, ...view }) => [
        Number(batch),
        { ...view, ...(placementId === null ? {} : { placementId }) },
      ]),
    ),
  };
}

interface ViewRow extends Omit<View, 'placementId'> {
  readonly placementId: number | null;
}

function grouped<T>(pairs: readonly (readonly [number, T])[]): ReadonlyMap<number, readonly T[]> {
  const result = new Map<number, T[]>();
  for (const [key, value] of pairs) {
    const values = result.get(key);
    if (values === undefined) result.set(key, [value]);
    else values.push(value);
  }
  return result;
}
