import type postgres from 'postgres';
import { shareBooks } from '../click-processor/locks.ts';
import { changeCampaign, noteChange, placeOf } from './change.ts';
import { move, NotEnoughMoney } from './transfer.ts';

/** What somebody pays in, or moves between a wallet and a campaign; `key` makes a repetition harmless. */
export interface Payment {
  readonly key: string;
  /** More than 0. */
  readonly amountMicros: number;
}

/** An advertiser has paid: the money is in its wallet. False when that key was used before. */
export async function deposit(
  sql: postgres.Sql,
  advertiserId: number,
  { key, amountMicros }: Payment,
): Promise<boolean> {
  return sql.begin(async (transaction) => {
    await shareBooks(transaction);
    const change = await placeOf(transaction);
    const to = `wallet:${advertiserId}`;
    const moved = await move(change, {
      key: `deposit:${key}`,
      kind: 'deposit',
      from: 'bank',
      to,
      amountMicros,
    });
    if (moved !== undefined) await noteChange(change, 'money', null);
    return moved !== undefined;
  });
}

/**
 * Gives a campaign money of its advertiser's wallet: its limit rises. False when that key was used before. Rejects with
 * NotEnoughMoney when the wallet holds less.
 */
export async function fundCampaign(
  sql: postgres.Sql,
  campaignId: number,
  { key, amountMicros }: Payment,
): Promise<boolean> {
  return changeCampaign(sql, campaignId, async (change) => {
    const wallet = await walletOf(change.sql, campaignId);
    const hold = `hold:${campaignId}`;
    const moved = await move(change, {
      key: `fund:${key}`,
      kind: 'fund',
      from: wallet,
      to: hold,
      amountMicros,
    });
    if (moved === undefined) return false;
    await change.sql`
      UPDATE budget SET limit_micros = limit_micros + ${amountMicros}, version = version + 1
      WHERE campaign_id = ${campaignId}`;
    await noteChange(change, 'money', campaignId);
    return true;
  });
}

/**
 * Takes money that a campaign has not spent back into the wallet: its limit falls. False when that key was used
 * before. Rejects with NotEnoughMoney when less is left.
 */
export async function withdrawFromCampaign(
  sql: postgres.Sql,
  campaignId: number,
  { key, amountMicros }: Payment,
): Promise<boolean> {
  return changeCampaign(sql, campaignId, async (change) => {
    const wallet = await walletOf(change.sql, campaignId);
    const hold = `hold:${campaignId}`;
    const moved = await move(change, {
      key: `withdraw:${key}`,
      kind: 'withdraw',
      from: hold,
      to: wallet,
      amountMicros,
    });
    if (moved === undefined) return false;
    const lowered = await change.sql`
      UPDATE budget SET limit_micros = limit_micros - ${amountMicros}, version = version + 1
      WHERE campaign_id = ${campaignId} AND spent_micros <= limit_micros - ${amountMicros} RETURNING 1`;
    if (lowered.length === 0) throw new NotEnoughMoney('The campaign has spent too much of it already.');
    await noteChange(change, 'money', campaignId);
    return true;
  });
}

async function walletOf(sql: postgres.ISql, campaignId: number): Promise<string> {
  const [row] = await sql<{ advertiser_id: number }[]>`
    SELECT advertiser_id FROM campaign WHERE campaign_id = ${campaignId}`;
  if (row === undefined) throw new Error(`There is no campaign ${campaignId}.`);
  return `wallet:${row.advertiser_id}`;
}
