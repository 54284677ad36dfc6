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

/** All changes in their order, as many at a time as `most` says then. */
export async function* eventsOf(
  sql: postgres.Sql,
  most: () => number,
): AsyncGenerator<readonly NotedEvent[]> {
  for (let after = 0; ;) {
    const rows = await sql<EventRow[]>`
      SELECT position, kind, campaign_id, body, floor(extract(epoch FROM recorded_at) * 1000)::bigint AS at_ms
      FROM ledger_event WHERE position > ${after} ORDER BY position LIMIT ${most()}`;
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({
      position: Number(row.position),
      kind: row.kind,
      campaignId: row.campaign_id ?? undefined,
      body: row.body,
      recordedAtMs: Number(row.at_ms),
    }));
    after = Number(last.position);
  }
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
