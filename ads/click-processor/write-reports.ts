import type postgres from 'postgres';
import type { Alert, Statement } from './entry.ts';

/** Keeps alerts; one that is kept already changes nothing. */
export async function writeAlerts(sql: postgres.ISql, alerts: readonly Alert[]): Promise<void> {
  if (alerts.length === 0) return;
  await sql`
    INSERT INTO alert (alert_id, advertiser_id, campaign_id, kind, says, raised_at)
    SELECT "alertId", "advertiserId", "campaignId", kind, says, to_timestamp("raisedAtMs" / 1000.0)
    FROM jsonb_to_recordset(${JSON.stringify(alerts)}::text::jsonb) AS row ("alertId" uuid, "advertiserId" integer,
      "campaignId" integer, kind text, says text, "raisedAtMs" bigint)
    ON CONFLICT (alert_id) DO NOTHING`;
}

/** Keeps statements: a final one for good, a provisional one until the next. */
export async function writeStatements(sql: postgres.ISql, statements: readonly Statement[]): Promise<void> {
  for (const { advertiserId, day, final, body, chargedMicros, creditedMicros } of statements) {
    await sql`
      INSERT INTO statement (advertiser_id, day, final, body, charged_micros, credited_micros)
      VALUES (${advertiserId}, ${day}, ${final}, ${body}, ${chargedMicros}, ${creditedMicros})
      ON CONFLICT (advertiser_id, day, final) DO UPDATE
      SET body = excluded.body, charged_micros = excluded.charged_micros, credited_micros = excluded.credited_micros,
        made_at = now() WHERE NOT statement.final`;
  }
}
