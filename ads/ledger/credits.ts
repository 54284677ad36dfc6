import type postgres from 'postgres';
import { changeCampaign, noteChange, type Change } from './change.ts';
import { takeBackShares } from './shares.ts';
import type { Finding } from './what-if.ts';

/** What was given back. */
export interface Credited {
  readonly clicks: number;
  readonly amountMicros: number;
}

const AT_ONCE = 500;

/**
 * Gives back what was charged for clicks that version `fromVersion` of the rules calls invalid: each by a transfer that
 * reverses the charge, booked in the open day. A click is credited once, whatever comes. When it fails half way, what
 * is done is done; asked again, it does the rest.
 */
export async function creditClicks(
  sql: postgres.Sql,
  fromVersion: number,
  findings: readonly Finding[],
): Promise<Credited> {
  let credited: Credited = { clicks: 0, amountMicros: 0 };
  for (const [campaignId, ofCampaign] of Map.groupBy(findings, (finding) => finding.campaignId)) {
    for (let start = 0; start < ofCampaign.length; start += AT_ONCE) {
      const some = ofCampaign.slice(start, start + AT_ONCE);
      const done = await changeCampaign(sql, campaignId, (change) =>
        writeCredits(change, campaignId, fromVersion, some),
      );
      credited = {
        clicks: credited.clicks + done.clicks,
        amountMicros: credited.amountMicros + done.amountMicros,
      };
    }
  }
  return credited;
}

/** Writes the credits of one campaign as one change, which holds its budget. */
export async function writeCredits(
  change: Change,
  campaignId: number,
  fromVersion: number,
  findings: readonly { readonly clickId: string; readonly reason: string }[],
): Promise<Credited> {
  const { sql, position, openDay } = change;
  await takeBackShares(
    change,
    campaignId,
    findings.map(({ clickId }) => clickId),
  );
  const asked = findings.map(({ clickId, reason }) => ({ click_id: clickId, reason }));
  const [row] = await sql<{ clicks: number; micros: string }[]>`
    WITH asked AS (
      SELECT charge.click_id, asked.reason, charged.transfer_id, charged.amount_micros, charged.debit_account,
        charged.credit_account
      FROM jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) AS asked (click_id uuid, reason text)
      JOIN charge USING (click_id) JOIN transfer AS charged USING (transfer_id)
      WHERE charge.campaign_id = ${campaignId}
        AND NOT EXISTS (SELECT 1 FROM transfer AS other WHERE other.reverses = charged.transfer_id)
    ), moved AS (
      INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, reverses, reason,
        period, position)
      SELECT 'credit:' || click_id, 'credit', credit_account, debit_account, amount_micros, transfer_id, reason,
        ${openDay}::date, ${position}
      FROM asked ORDER BY click_id
      RETURNING transfer_id, reverses, amount_micros, debit_account, credit_account
    ), given AS (
      INSERT INTO credit (click_id, from_version, reason, amount_micros, transfer_id, position)
      SELECT click_id, ${fromVersion}, reason, moved.amount_micros, moved.transfer_id, ${position}
      FROM moved JOIN asked ON asked.transfer_id = moved.reverses ORDER BY click_id
    ), balanced AS (
      UPDATE account SET debits_micros = debits_micros + side.debit, credits_micros = credits_micros + side.credit
      FROM (SELECT account_id, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit
            FROM (SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM moved
                  UNION ALL SELECT credit_account, 0, amount_micros FROM moved) AS both_sides
            GROUP BY account_id) AS side
      WHERE account.account_id = side.account_id
    ), unspent AS (
      UPDATE budget SET spent_micros = spent_micros - part.micros, version = version + 1
      FROM (SELECT coalesce(sum(amount_micros), 0)::bigint AS micros FROM moved) AS part
      WHERE campaign_id = ${campaignId} AND part.micros > 0
    )
    SELECT count(*)::integer AS clicks, coalesce(sum(amount_micros), 0) AS micros FROM moved`;
  const credited = { clicks: row?.clicks ?? 0, amountMicros: Number(row?.micros ?? 0) };
  if (credited.clicks > 0) await noteChange(change, 'credit', campaignId, { fromVersion });
  return credited;
}
