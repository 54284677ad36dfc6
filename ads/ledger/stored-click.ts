import type postgres from 'postgres';
import type { Click, Served, TokenState } from '../click-processor/click.ts';

/** A click as the ledger keeps it, with what became of it. */
export interface StoredClick {
  readonly click: Click;
  readonly batch: number;
  /** Undefined while it is pending. */
  readonly decidedIn: number | undefined;
  readonly verdict: 'billed' | 'free' | 'invalid' | 'pending';
  readonly reason: string | undefined;
}

interface ClickRow {
  readonly click_id: string;
  readonly impression_id: string | null;
  readonly ad_id: number | null;
  readonly campaign_id: number | null;
  readonly advertiser_id: number | null;
  readonly publisher_id: number | null;
  readonly placement_id: number | null;
  readonly price_micros: string | null;
  readonly served_at_ms: string | null;
  readonly clicked_at_ms: string;
  readonly token_state: TokenState;
  readonly token_kid: string | null;
  readonly method: 'GET' | 'HEAD';
  readonly prefetch: boolean;
  readonly network: string;
  readonly address_hash: string;
  readonly address_class: Click['addressClass'];
  readonly asn: number | null;
  readonly country: string | null;
  readonly agent: string;
  readonly agent_family: string | null;
  readonly os_family: string | null;
  readonly agent_family_served: string | null;
  readonly os_family_served: string | null;
  readonly insider: boolean;
  readonly referrer_host: string;
  readonly server_id: string;
  readonly seq: string;
  readonly batch: string;
  readonly decided_in: string | null;
  readonly verdict: StoredClick['verdict'];
  readonly reason: string | null;
}

/** The clicks that `where` names, in the order in which they were clicked: what came in the message, and what became of it. */
export async function readStoredClicks(
  sql: postgres.ISql,
  where: postgres.Fragment,
): Promise<readonly StoredClick[]> {
  const rows = await sql<ClickRow[]>`
    ${selected(sql, where)}`;
  return rows.map(storedClick);
}

/**
 * The same, `most` at a time, however many they are: sorted once, by a cursor of the transaction. Only one at once in a
 * transaction.
 */
export async function* storedClicksInParts(
  transaction: postgres.TransactionSql,
  where: postgres.Fragment,
  most: number,
): AsyncGenerator<readonly StoredClick[]> {
  await transaction`DECLARE stored_clicks NO SCROLL CURSOR FOR ${selected(transaction, where)}`;
  for (;;) {
    const rows = await transaction.unsafe<ClickRow[]>(`FETCH ${most} FROM stored_clicks`);
    if (rows.length === 0) return;
    yield rows.map(storedClick);
  }
}

function selected(sql: postgres.ISql, where: postgres.Fragment): postgres.Fragment {
  return sql`
    SELECT *, round(extract(epoch FROM served_at) * 1000)::bigint AS served_at_ms,
      round(extract(epoch FROM clicked_at) * 1000)::bigint AS clicked_at_ms
    FROM click WHERE ${where} ORDER BY clicked_at, click_id`;
}

function storedClick(row: ClickRow): StoredClick {
  return {
    click: clickOf(row),
    batch: Number(row.batch),
    decidedIn: row.decided_in === null ? undefined : Number(row.decided_in),
    verdict: row.verdict,
    reason: row.reason ?? undefined,
  };
}

function clickOf(row: ClickRow): Click {
  const served = servedOf(row);
  return {
    clickId: row.click_id,
    clickedAtMs: Number(row.clicked_at_ms),
    token: row.token_state,
    ...present('tokenKid', row.token_kid),
    ...(served === undefined ? {} : { served }),
    method: row.method,
    prefetch: row.prefetch,
    network: row.network,
    addressHash: row.address_hash,
    addressClass: row.address_class,
    ...present('asn', row.asn),
    ...present('country', row.country),
    agent: row.agent,
    ...present('agentFamily', row.agent_family),
    ...present('osFamily', row.os_family),
    ...(row.insider ? { insider: true } : {}),
    referrerHost: row.referrer_host,
    serverId: row.server_id,
    seq: Number(row.seq),
  };
}

function servedOf(row: ClickRow): Served | undefined {
  if (row.impression_id === null) return undefined;
  return {
    impressionId: row.impression_id,
    adId: row.ad_id ?? 0,
    campaignId: row.campaign_id ?? 0,
    advertiserId: row.advertiser_id ?? 0,
    publisherId: row.publisher_id ?? 0,
    ...present('placementId', row.placement_id),
    ...present('agentFamily', row.agent_family_served),
    ...present('osFamily', row.os_family_served),
    priceMicros: Number(row.price_micros),
    servedAtMs: Number(row.served_at_ms),
  };
}

function present<K extends string, V>(name: K, value: V | null): Partial<Record<K, V>> {
  return value === null ? {} : ({ [name]: value } as Record<K, V>);
}
