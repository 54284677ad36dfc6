import type postgres from 'postgres';
import { changeCampaign, changeWithin, noteChange, type Change } from './change.ts';

/** What an advertiser decides over a campaign. */
export interface CampaignSettings {
  readonly name: string;
  readonly state: 'active' | 'paused' | 'ended';
  /** For one click. */
  readonly priceMicros: number;
  /** For one day of clicks (UTC); undefined: only the whole budget limits. */
  readonly dayLimitMicros?: number | undefined;
  /** Clicks from this moment on are free. */
  readonly endsAtMs?: number | undefined;
}

/** A campaign to be made: its budget is 0 until it is given money. */
export interface NewCampaign extends CampaignSettings {
  readonly campaignId: number;
  readonly advertiserId: number;
}

/** Makes a campaign. Rejects when its number is taken or the advertiser does not exist. */
export async function createCampaign(sql: postgres.Sql, campaign: NewCampaign): Promise<void> {
  await sql.begin((transaction) => createWithin(transaction, campaign));
}

/** The same as a part of a transaction. */
export async function createWithin(
  transaction: postgres.TransactionSql,
  campaign: NewCampaign,
): Promise<void> {
  const { campaignId, advertiserId, name, state, priceMicros } = campaign;
  await changeWithin(transaction, campaignId, async (change) => {
    await change.sql`
      INSERT INTO campaign (campaign_id, advertiser_id, name, state, price_micros, day_limit_micros, ends_at)
      VALUES (${campaignId}, ${advertiserId}, ${name}, ${state}, ${priceMicros},
        ${campaign.dayLimitMicros ?? null}, ${timestamp(campaign.endsAtMs)})`;
    await change.sql`INSERT INTO budget (campaign_id, limit_micros, spent_micros) VALUES (${campaignId}, 0, 0)`;
    await change.sql`
      INSERT INTO account (account_id) VALUES (${`hold:${campaignId}`}), (${`wallet:${advertiserId}`})
      ON CONFLICT DO NOTHING`;
    await noteSettings(change, campaignId, campaign);
  });
}

/**
 * Changes the settings of a campaign that are named, and leaves the others as they are when its turn comes; clicks that
 * are charged from now on go by the new ones. False if there is none.
 */
export async function updateCampaign(
  sql: postgres.Sql,
  campaignId: number,
  changes: Partial<CampaignSettings>,
): Promise<boolean> {
  return changeCampaign(sql, campaignId, async (change) => {
    const before = await readSettings(change.sql, campaignId);
    if (before === undefined) return false;
    const settings = { ...before, ...changes };
    const { name, state, priceMicros, dayLimitMicros, endsAtMs } = settings;
    await change.sql`
      UPDATE campaign SET name = ${name}, state = ${state}, price_micros = ${priceMicros},
        day_limit_micros = ${dayLimitMicros ?? null}, ends_at = ${timestamp(endsAtMs)}
      WHERE campaign_id = ${campaignId}`;
    await noteSettings(change, campaignId, settings, before);
    return true;
  });
}

interface SettingsRow {
  readonly name: string;
  readonly state: CampaignSettings['state'];
  readonly price: string;
  readonly day_limit: string | null;
  readonly ends_at_ms: string | null;
}

/** The settings of a campaign; undefined if there is none. */
export async function readSettings(
  sql: postgres.ISql,
  campaignId: number,
): Promise<CampaignSettings | undefined> {
  const [row] = await sql<SettingsRow[]>`
    SELECT name, state, price_micros AS price, day_limit_micros AS day_limit,
      (extract(epoch FROM ends_at) * 1000)::bigint AS ends_at_ms
    FROM campaign WHERE campaign_id = ${campaignId}`;
  if (row === undefined) return undefined;
  return {
    name: row.name,
    state: row.state,
    priceMicros: Number(row.price),
    dayLimitMicros: row.day_limit === null ? undefined : Number(row.day_limit),
    endsAtMs: row.ends_at_ms === null ? undefined : Number(row.ends_at_ms),
  };
}

async function noteSettings(
  change: Change,
  campaignId: number,
  settings: CampaignSettings,
  before?: CampaignSettings,
): Promise<void> {
  const body = { ...noted(settings), ...(before === undefined ? {} : { before: noted(before) }) };
  await noteChange(change, 'campaign', campaignId, body);
}

function noted({ state, priceMicros, dayLimitMicros = null, endsAtMs = null }: NotedSettings): object {
  return { state, priceMicros, dayLimitMicros, endsAtMs };
}

type NotedSettings = Omit<CampaignSettings, 'name' | 'dayLimitMicros' | 'endsAtMs'> & {
  readonly dayLimitMicros?: number | null | undefined;
  readonly endsAtMs?: number | null | undefined;
};

function timestamp(timeMs: number | undefined): Date | null {
  return timeMs === undefined ? null : new Date(timeMs);
}
