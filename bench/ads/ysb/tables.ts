import type { Ledger } from '../../../ads/database/ledger.ts';
import { createCampaign } from '../../../ads/ledger/campaigns.ts';
import { deposit, fundCampaign } from '../../../ads/ledger/money.ts';
import type { WindowCount } from './check.ts';
import { windowOf } from './event.ts';
import { ADS, CAMPAIGN_IDS } from './population.ts';
import type { Variant } from './pipeline.ts';

/** Enough for millions of clicks. */
const LIMIT_MICROS = 900_000_000_000;
const ADVERTISER = 1;

/** Puts ads and campaigns of the benchmark into a ledger of the demo, with money, and makes the tables of the count. */
export async function makeTables({ owner, sql }: Ledger): Promise<void> {
  await owner.unsafe(`
    CREATE TABLE ysb_ad (id uuid PRIMARY KEY, number integer NOT NULL, campaign_id integer NOT NULL,
      price_micros integer NOT NULL);
    CREATE TABLE ysb_chunk (chunk text PRIMARY KEY);
    CREATE TABLE ysb_window (campaign_id integer, window_ms bigint, events bigint NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (campaign_id, window_ms));
    GRANT SELECT ON ysb_ad TO ads_app;
    GRANT SELECT, INSERT, UPDATE ON ysb_chunk, ysb_window TO ads_app`);
  await owner`
    INSERT INTO ysb_ad SELECT id, number, "campaignId", "priceMicros"
    FROM jsonb_to_recordset(${JSON.stringify(ADS)}::text::jsonb)
      AS row (id uuid, number integer, "campaignId" integer, "priceMicros" integer)`;
  for (const campaignId of CAMPAIGN_IDS) {
    const settings = { name: `Campaign ${campaignId}`, state: 'active', priceMicros: 100_000 } as const;
    await createCampaign(sql, { campaignId, advertiserId: ADVERTISER, ...settings });
    const payment = { key: `ysb:${campaignId}`, amountMicros: LIMIT_MICROS };
    await deposit(sql, ADVERTISER, payment);
    await fundCampaign(sql, campaignId, payment);
  }
}

/** What a run wrote: of the count by its time, because nothing else was counted then; of the money by its name. */
export async function writtenBy(
  { sql }: Ledger,
  variant: Variant,
  { run, startMs }: { readonly run: string; readonly startMs: number },
): Promise<readonly WindowCount[]> {
  const rows =
    variant === 'count'
      ? await sql<Row[]>`
        SELECT campaign_id, window_ms, events, 0 AS micros, extract(epoch FROM updated_at) * 1000 AS last_ms
        FROM ysb_window WHERE window_ms >= ${windowOf(startMs)}`
      : await sql<Row[]>`
        SELECT click.campaign_id, (floor(extract(epoch FROM clicked_at) / 10) * 10000)::bigint AS window_ms, count(*) AS events,
          sum(amount_micros) AS micros, extract(epoch FROM max(recorded_at)) * 1000 AS last_ms
        FROM click JOIN charge USING (click_id) WHERE server_id = ${run} GROUP BY 1, 2`;
  return rows.map((row) => ({
    ...{ campaignId: row.campaign_id, windowMs: Number(row.window_ms), events: Number(row.events) },
    ...{ micros: Number(row.micros), lastMs: Number(row.last_ms) },
  }));
}

interface Row {
  readonly campaign_id: number;
  readonly window_ms: string;
  readonly events: string;
  readonly micros: string;
  readonly last_ms: string;
}
